--- The kinds of arguments that the server's functions accept: each is a check that returns true for safe values.
local cells = require("timmy.state.cells")
local declarations = require("timmy.wire.declarations")
local numbers = require("timmy.wire.numbers")

local M = {}

--- The longest text given to the server, in bytes: a chat line of 1024 characters, four bytes each, with room to spare.
M.LONGEST_TEXT = 8192
--- Player slots are unsigned shorts, the last of which means "nobody".
local LAST_PID = 65534
--- What fits into a C++ int.
local INT = 2147483647
local LAST_ATTRIBUTE, LAST_SKILL, LAST_SLOT = 7, 26, #declarations.SLOTS - 1

--- Whole numbers within bounds; NaN is never within them.
local function whole(low, high)
  return function(value) return type(value) == "number" and value >= low and value <= high and value % 1 == 0 end
end

M.of = {
  pid = whole(0, LAST_PID),
  int = whole(-INT, INT),
  number = numbers.is_finite,
  boolean = function(value) return type(value) == "boolean" end,
  text = function(value)
    return type(value) == "string" and #value <= M.LONGEST_TEXT and not value:find("\0", 1, true)
  end,
  cell = cells.is_safe,
  level = whole(0, 4),
  attribute = whole(0, LAST_ATTRIBUTE),
  skill = whole(0, LAST_SKILL),
  slot = whole(0, LAST_SLOT),
  -- Ten ranks, which is the most that a faction of the game has.
  rank = whole(0, 9),
  -- Rank, expulsion or reputation (enumerations.faction).
  faction_change = whole(0, 2),
  milliseconds = whole(0, INT),
  timer = whole(0, INT),
}

return M
