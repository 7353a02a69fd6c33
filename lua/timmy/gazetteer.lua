--- Places by name, and the place that a cell belongs to.
local PLACES = require("timmy.places")

local M = {}

local by_name, by_cell, names = {}, {}, {}

local function key(name)
  return (name:lower():gsub("^%s+", ""):gsub("%s+$", ""))
end

--- A cell that bears a place's name in the game is that place's; a fort's yard in a town's cell is the town's.
local function index()
  for _, place in ipairs(PLACES) do
    names[#names + 1] = place.name
    by_name[key(place.name)] = place
    for _, alias in ipairs(place.aliases or {}) do by_name[key(alias)] = place end
    for _, cell in ipairs(place.cells or {}) do by_cell[cell] = place.name end
  end
  for _, place in ipairs(PLACES) do by_cell[place.cell] = by_cell[place.cell] or place.name end
  table.sort(names)
end

index()

--- Names of all places, by the alphabet.
M.names = names

--- The place of a name or alias, whatever its case: { name, cell, x, y, z, yaw? }; else nil.
function M.find(name)
  return by_name[key(name)]
end

--- The name of the place that a cell belongs to: an exterior's by its grid cell, an interior's by the part of its name
-- before the comma (`"Balmora, Guild of Mages"`); else nil.
function M.place_of(cell)
  if by_cell[cell] then return by_cell[cell] end
  local town = by_name[key(cell:match("^([^,]+),") or cell)]
  return town and town.name or nil
end

return M
