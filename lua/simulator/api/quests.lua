--- Journal changes: a list that a script fills and sends, or that a client sent.
local ENTRY, INDEX = 0, 1

local function add(player, kind, quest, index, actor, days_passed, month, day)
  table.insert(player.journal_changes, { type = kind, quest = quest, index = index, actorRefId = actor,
    daysPassed = days_passed, month = month, day = day })
end

local function clear(player)
  player.journal_changes = {}
end

local function journal_writing(server, define_player)
  define_player("ClearJournalChanges", clear)
  define_player("InitializeJournalChanges", clear)
  define_player("AddJournalEntry", function(player, quest, index, actor)
    add(player, ENTRY, quest, index, actor)
  end)
  define_player("AddJournalEntryWithTimestamp", function(player, quest, index, actor, days_passed, month, day)
    add(player, ENTRY, quest, index, actor, days_passed, month, day)
  end)
  define_player("AddJournalIndex", function(player, quest, index)
    add(player, INDEX, quest, index, "")
  end)
  define_player("SendJournalChanges", function(player, to_others, skip)
    server:send(player.pid, { type = "Journal", entries = player.journal_changes }, to_others, skip)
  end)
end

local function journal_reading(define_player)
  local fields = { Quest = "quest", Index = "index", Type = "type", ActorRefId = "actorRefId" }
  local absent = { quest = "invalid", index = 0, type = 0, actorRefId = "invalid" }
  define_player("GetJournalChangesSize", function(player) return #player.journal_changes end)
  for part, field in pairs(fields) do
    define_player("GetJournalItem" .. part, function(player, index)
      return (player.journal_changes[index + 1] or absent)[field]
    end)
  end
end

return function(server, _, define_player)
  journal_writing(server, define_player)
  journal_reading(define_player)
end
