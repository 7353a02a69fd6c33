--- The journal of its owner: the world if the journal is shared, else a player.
local M = {}

local function add(pid, item)
  if item.type ~= enumerations.journal.ENTRY then
    tes3mp.AddJournalIndex(pid, item.quest, item.index)
  elseif item.timestamp ~= nil then
    local at = item.timestamp
    tes3mp.AddJournalEntryWithTimestamp(pid, item.quest, item.index, item.actorRefId or "player",
      at.daysPassed, at.month, at.day)
  else
    tes3mp.AddJournalEntry(pid, item.quest, item.index, item.actorRefId or "player")
  end
end

function M.load(pid, holder)
  tes3mp.ClearJournalChanges(pid)
  for _, item in pairs(holder.data.journal) do
    add(pid, item)
  end
  tes3mp.SendJournalChanges(pid)
end

function M.save(holder, packet)
  for _, item in ipairs(packet.journal) do
    table.insert(holder.data.journal, item)
  end
  holder:QuicksaveToDrive()
end

return M
