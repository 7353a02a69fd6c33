--- The kinds of arguments that the server's functions accept: each is a check that returns true for safe values.
local cells = require("timmy.state.cells")
local declarations = require("timmy.wire.declarations")
local numbers = require("timmy.wire.numbers")

local M = {}

--- The longest text given to the server, in bytes: a chat line of 1024 characters, four bytes each, with room to spare.
M.LONGEST_TEXT = 8192
--- What fits into a C++ int.
local INT = 2147483647

--- Kinds that are whole numbers: the smallest and the largest.
M.RANGES = {
  -- Player slots are unsigned shorts, the last of which means "nobody".
  pid = { 0, 65534 },
  int = { -INT, INT },
  level = { 0, 4 },
  attribute = { 0, 7 },
  skill = { 0, 26 },
  slot = { 0, #declarations.SLOTS - 1 },
  -- Ten ranks, which is the most that a faction of the game has.
  rank = { 0, 9 },
  -- Rank, expulsion or reputation (enumerations.faction).
  faction_change = { 0, 2 },
  milliseconds = { 0, INT },
  timer = { 0, INT },
}

M.of = {
  number = numbers.is_finite,
  boolean = function(value) return type(value) == "boolean" end,
  text = function(value)
    return type(value) == "string" and #value <= M.LONGEST_TEXT and not value:find("\0", 1, true)
  end,
  cell = cells.is_safe,
}

--- NaN is within no bounds.
for kind, range in pairs(M.RANGES) do
  local low, high = range[1], range[2]
  M.of[kind] = function(value)
    return type(value) == "number" and value >= low and value <= high and value % 1 == 0
  end
end

return M
