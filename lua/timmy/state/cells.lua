--- Cell descriptions, TES3MP's names of cells: `"-3, -2"` for a cell of the exterior grid, else an interior's exact
-- name.
local declarations = require("timmy.wire.declarations")
local numbers = require("timmy.wire.numbers")

local M = {}

--- Side of an exterior cell, in game units.
M.SIDE = declarations.CELL_SIDE
--- The farthest exterior cell that is accepted, well within the C++ int that the server stores it in.
M.FARTHEST = declarations.FARTHEST_CELL
--- The longest description in bytes: CoreScripts save a cell as `NAME.json`, and file systems limit names to 255 bytes.
M.LONGEST = 255 - #".json"

local EXTERIOR = "^(%-?%d+), (%-?%d+)$"
local EXTERIOR_AS_TYPED = "^%s*(%-?%d+)%s*,%s*(%-?%d+)%s*$"

--- Parsed descriptions: those of the loaded cells are needed for every perception. `false`: an interior.
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

--- A cell as a client typed it (`"-3,-2"`) in TES3MP's form (`"-3, -2"`); interiors are unchanged.
function M.normalise(typed)
  local x, y = typed:match(EXTERIOR_AS_TYPED)
  if not x then return typed end
  return M.exterior(numbers.clamp(tonumber(x), -1e9, 1e9), numbers.clamp(tonumber(y), -1e9, 1e9))
end

local function is_safe(description)
  if description == "" or #description > M.LONGEST or description:find("%c") then return false end
  local x, y = M.grid(description)
  return x == nil or (math.abs(x) <= M.FARTHEST and math.abs(y) <= M.FARTHEST)
end

--- Descriptions that were checked: those of the loaded cells are given to the server many times for each perception.
local safe, safe_count = {}, 0

--- Whether a description can safely be given to the server.
function M.is_safe(description)
  if type(description) ~= "string" then return false end
  if safe[description] == nil then
    if safe_count >= MOST_PARSED then safe, safe_count = {}, 0 end
    safe[description], safe_count = is_safe(description), safe_count + 1
  end
  return safe[description]
end

return M
