--- Places by name, and the place that a cell belongs to.
local PLACES = require("timmy.state.places")

local M = {}

local by_name, by_cell, names = {}, {}, {}

local function key(name)
  return (name:lower():gsub("^%s+", ""):gsub("%s+$", ""))
end

local function add(cell, place)
  by_cell[cell] = by_cell[cell] or {}
  table.insert(by_cell[cell], place)
end

--- A cell may be several places': a town's that bears its name, and of all whose spot lies in it.
local function index()
  for _, place in ipairs(PLACES) do
    names[#names + 1] = place.name
    by_name[key(place.name)] = place
    for _, alias in ipairs(place.aliases or {}) do by_name[key(alias)] = place end
    for _, cell in ipairs(place.cells or {}) do
      if cell ~= place.cell then add(cell, place) end
    end
    add(place.cell, place)
  end
  table.sort(names)
end

index()

--- Names of all places, by the alphabet.
M.names = names

--- The place of a name or alias, whatever its case: { name, cell, x, y, z, yaw? }; else nil.
function M.find(name)
  return by_name[key(name)]
end

--- The place whose spot is nearest.
local function nearest(places, x, y)
  local best, least
  for _, place in ipairs(places) do
    local square = (place.x - x) ^ 2 + (place.y - y) ^ 2
    if not least or square < least then best, least = place, square end
  end
  return best
end

--- The name of the place that a spot in a cell belongs to: the nearest of those that have an exterior's grid cell, and
-- an interior's by the part of its name before the comma (`"Balmora, Guild of Mages"`); else nil.
function M.place_of(cell, x, y)
  if by_cell[cell] then return nearest(by_cell[cell], x, y).name end
  local town = by_name[key(cell:match("^([^,]+),") or cell)]
  return town and town.name or nil
end

return M
