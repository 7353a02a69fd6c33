--- Adds a quest's entry to the journal, or sets its stage without a text.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")

local M = {}

--- The actor recorded as the source of an entry.
local ACTOR = "player"

--- The date for the packet, or nil if the world's date is invalid.
local function today()
  local time = _G.WorldInstance.data.time
  if type(time) ~= "table" then return nil end
  local date = { daysPassed = time.daysPassed, month = time.month, day = time.day }
  for _, part in ipairs({ "daysPassed", "month", "day" }) do
    if not numbers.is_whole(date[part], 0, 2147483647) then return nil end
  end
  return date
end

local function build(values)
  local is_entry = values.kind == "entry"
  local types = _G.enumerations.journal
  return {
    type = is_entry and types.ENTRY or types.INDEX,
    -- Clients send quest ids in lower case, and CoreScripts compare them as they come.
    quest = values.quest:lower(),
    index = values.index,
    actorRefId = is_entry and ACTOR or nil,
    timestamp = today(),
  }
end

local function add_to_packet(pid, item)
  if item.type ~= _G.enumerations.journal.ENTRY then
    guard.AddJournalIndex(pid, item.quest, item.index)
  elseif item.timestamp then
    local date = item.timestamp
    guard.AddJournalEntryWithTimestamp(pid, item.quest, item.index, ACTOR, date.daysPassed, date.month, date.day)
  else
    guard.AddJournalEntry(pid, item.quest, item.index, ACTOR)
  end
end

--- Whether the item would change nothing: an entry exists once, and a stage is set until the next one.
local function is_written(journal, item)
  for position = #journal, 1, -1 do
    local line = journal[position]
    if type(line) == "table" and line.quest == item.quest then
      if line.type == item.type and line.index == item.index then return true end
      if item.type ~= _G.enumerations.journal.ENTRY then return false end
    end
  end
  return false
end

local function save(holder, item)
  if type(holder.data.journal) ~= "table" then holder.data.journal = {} end
  if is_written(holder.data.journal, item) then return end
  table.insert(holder.data.journal, item)
  holder:QuicksaveToDrive()
end

function M.journal(pid, values)
  local holder = corescripts.journal_holder(corescripts.player(pid))
  local item = build(values)
  guard.ClearJournalChanges(pid)
  add_to_packet(pid, item)
  guard.SendJournalChanges(pid, corescripts.setting("shareJournal", true) == true, false)
  save(holder, item)
  return { quest = item.quest, index = item.index, kind = values.kind }
end

return M
