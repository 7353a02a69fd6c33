--- Cell descriptions, TES3MP's names of places: `"-3, -2"` for a cell of the exterior grid, else an interior's exact
-- name.
local numbers = require("timmy.wire.numbers")

local M = {}

--- Side of an exterior cell, in game units.
M.SIDE = 8192
--- The farthest exterior cell that is spoken of: the model's largest coordinate, and far inside the C++ side's int,
-- which the server fills from it.
M.FARTHEST = 976
--- The longest description in bytes: CoreScripts save a cell in `NAME.json`, and file systems end a name at 255 bytes.
M.LONGEST = 255 - #".json"

local EXTERIOR = "^(%-?%d+), (%-?%d+)$"
local EXTERIOR_AS_TYPED = "^%s*(%-?%d+)%s*,%s*(%-?%d+)%s*$"

--- Descriptions that were parsed before: those of the loaded cells come up in every look around. `false`: an interior.
local MOST_PARSED = 4096
local parsed, parsed_count = {}, 0

local function parse(description)
  if parsed_count >= MOST_PARSED then parsed, parsed_count = {}, 0 end
  local x, y = description:match(EXTERIOR)
  local place = x and { tonumber(x), tonumber(y) } or false
  parsed[description], parsed_count = place, parsed_count + 1
  return place
end

--- The grid position that a description names, or nil for an interior.
function M.grid(description)
  local place = parsed[description]
  if place == nil then place = parse(description) end
  if place then return place[1], place[2] end
end

--- The description of an exterior cell.
function M.exterior(x, y)
  return string.format("%d, %d", x, y)
end

--- The exterior cell under a position.
function M.under(x, y)
  return M.exterior(math.floor(x / M.SIDE), math.floor(y / M.SIDE))
end

--- A cell as somebody typed it (`"-3,-2"`), as TES3MP writes it (`"-3, -2"`); interiors stay as they are.
function M.normalise(typed)
  local x, y = typed:match(EXTERIOR_AS_TYPED)
  if not x then return typed end
  return M.exterior(numbers.clamp(tonumber(x), -1e9, 1e9), numbers.clamp(tonumber(y), -1e9, 1e9))
end

--- Whether a description is one that the server can be given.
function M.is_safe(description)
  if type(description) ~= "string" or description == "" or #description > M.LONGEST then return false end
  if description:find("%c") then return false end
  local x, y = M.grid(description)
  return x == nil or (math.abs(x) <= M.FARTHEST and math.abs(y) <= M.FARTHEST)
end

return M
