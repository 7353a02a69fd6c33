--- The latest lines of the journal, oldest first.
local journal_data = require("timmy.state.journal_data")
local json = require("timmy.wire.json")

--- The most lines listed: as many as an agent can use. Older ones show in the quests' stages.
local MOST_ENTRIES = 100

local function latest(lines)
  local entries = {}
  for position = math.max(1, #lines - MOST_ENTRIES + 1), #lines do
    entries[#entries + 1] = journal_data.entry(lines[position])
  end
  return json.constant({ entries = json.array(entries), truncated = #lines > MOST_ENTRIES })
end

local remembered = journal_data.remember(latest)

return function(pid) return remembered(journal_data.lines_of(pid)) end
