--- The journal as CoreScripts store it, and the quest stages that follow from it.
--
-- A shared journal grows for as long as the server exists and is read for every player at every push, so derived values
-- are cached until a line is added.
local corescripts = require("timmy.game.corescripts")
local numbers = require("timmy.wire.numbers")

local M = {}

--- CoreScripts' numbers for a journal line (`enumerations.journal`).
local KINDS = { [0] = "entry", [1] = "index" }

--- The lines a player sees.
function M.lines_of(pid)
  local holder = corescripts.journal_holder(corescripts.player(pid))
  return corescripts.table_or_none(corescripts.data_of(holder).journal)
end

--- A line as sent on the wire; nil if it is invalid.
function M.entry(line)
  if type(line) ~= "table" or type(line.quest) ~= "string" then return nil end
  local date = type(line.timestamp) == "table" and line.timestamp or {}
  return {
    quest = line.quest,
    index = numbers.whole(line.index),
    kind = KINDS[line.type] or "entry",
    actor_ref_id = type(line.actorRefId) == "string" and line.actorRefId or "",
    days_passed = numbers.whole(date.daysPassed),
    month = numbers.whole(date.month),
    day = numbers.whole(date.day),
  }
end

--- `derive(lines)`, cached for each journal until it grows or is replaced. The value is shared: do not change it.
function M.remember(derive)
  local known = setmetatable({}, { __mode = "k" })
  return function(lines)
    local memory = known[lines]
    if not memory or memory.length ~= #lines then
      memory = { length = #lines, value = derive(lines) }
      known[lines] = memory
    end
    return memory.value
  end
end

return M
