--- Events of a player's knowledge: journal, topics, books, and standing with factions.
local guard = require("timmy.game.guard")
local id_lists = require("timmy.state.id_lists")
local journal_data = require("timmy.state.journal_data")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local shapes = require("timmy.events.shapes")

local function journal(_, packet)
  local lines, entries = shapes.table_or_empty(shapes.table_or_empty(packet).journal), {}
  for position = math.max(1, #lines - shapes.MOST + 1), #lines do
    local entry = journal_data.entry(lines[position])
    entries[#entries + 1] = entry and { quest = entry.quest, index = entry.index, kind = entry.kind }
  end
  return { entries = json.array(entries) }
end

--- The ids in a packet of this player, read one by one.
local function ids(count, read)
  return function(pid)
    local result = {}
    for index = 0, math.min(count(pid), shapes.MOST) - 1 do result[#result + 1] = read(pid, index) end
    return (id_lists.list(result, shapes.MOST))
  end
end

local topics_of = ids(guard.GetTopicChangesSize, guard.GetTopicId)
local books_of = ids(guard.GetBookChangesSize, guard.GetBookId)

--- The three kinds of changes (CoreScripts' `enumerations.faction`), and the reader of each.
local CHANGES = {
  [0] = { name = "rank", read = function(pid, index) return numbers.whole(guard.GetFactionRank(pid, index)) end },
  { name = "expelled", read = guard.GetFactionExpulsionState },
  { name = "reputation", read = function(pid, index) return numbers.whole(guard.GetFactionReputation(pid, index)) end },
}

local function factions(pid, action)
  local change, changed = CHANGES[action] or CHANGES[0], {}
  for index = 0, math.min(guard.GetFactionChangesSize(pid), shapes.MOST) - 1 do
    local faction = guard.GetFactionId(pid, index)
    if id_lists.is_id(faction) then changed[faction] = { [change.name] = change.read(pid, index) } end
  end
  return { factions = json.object(changed) }
end

return {
  { event = "journal", hook = "OnPlayerJournal", counts = shapes.is_done, read = journal },
  { event = "topics", hook = "OnPlayerTopic", counts = shapes.is_done,
    read = function(pid) return { topics = topics_of(pid) } end },
  { event = "books", hook = "OnPlayerBook", counts = shapes.is_done,
    read = function(pid) return { books = books_of(pid) } end },
  { event = "factions", hook = "OnPlayerFaction", counts = shapes.is_done, read = factions },
}
