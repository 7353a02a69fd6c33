--- Each quest's stage.
local journal_data = require("timmy.state.journal_data")
local json = require("timmy.wire.json")

--- The most quests listed; the game with both expansions has fewer.
local MOST_QUESTS = 500

--- The client's rule: an entry only raises a quest's stage, an index always sets it.
local function stage_after(before, entry)
  if entry.kind == "index" or before == nil then return entry.index end
  return math.max(before, entry.index)
end

local function stages_of(lines)
  local stages, latest = {}, {}
  for position = 1, #lines do
    local entry = journal_data.entry(lines[position])
    if entry then
      stages[entry.quest] = stage_after(stages[entry.quest], entry)
      latest[entry.quest] = position
    end
  end
  return stages, latest
end

--- The quests whose journal changed last.
local function most_recent(stages, latest)
  local quests = {}
  for quest in pairs(stages) do quests[#quests + 1] = quest end
  table.sort(quests, function(one, other) return latest[one] > latest[other] end)
  local kept = {}
  for rank = 1, math.min(#quests, MOST_QUESTS) do kept[quests[rank]] = stages[quests[rank]] end
  return kept, #quests > MOST_QUESTS
end

local function summary(lines)
  local kept, truncated = most_recent(stages_of(lines))
  return json.constant({ stages = json.object(kept), truncated = truncated })
end

local remembered = journal_data.remember(summary)

return function(pid) return remembered(journal_data.lines_of(pid)) end
