--- The clients' data files: which cells exist, where one arrives in them, and their regions.
local places = require("simulator.scene.places")
local plugin = require("simulator.scene.plugin")

local M = {}

M.CELL_SIZE = 8192 -- game units a side of an exterior cell
local GROUND = 220 -- the height at which one stands where nothing better is known
local GRID_LIMIT = 60 -- Vvardenfell and Solstheim lie well inside it

local EXTERIOR = "^(%-?%d+), (%-?%d+)$"

--- Exterior cells with a name, which a client accepts in place of the numbers.
local NAMED_EXTERIORS = plugin.towns or { ["seyda neen"] = "-2, -9", ["balmora"] = "-3, -2", ["caldera"] = "-2, 2",
  ["pelagiad"] = "0, -7", ["suran"] = "6, -7", ["ald-ruhn"] = "-2, 6", ["vivec"] = "3, -10" }

--- Interiors without a door here, each with the position of its marker; those with doors are in the scene.
local INTERIORS = plugin.markers and {} or {
  ["Vivec, Guild of Mages"] = { 256, 640, -126 },
  ["Sadrith Mora, Wolverine Hall: Mage's Guild"] = { 64, 192, 130 },
  ["Wolverine Hall, Guild of Mages"] = { 64, 192, 130 },
  ["Dren Plantation, Dren's Villa"] = { 3589, 3520, 15767 },
  ["Dagoth Ur, Outer Facility"] = { 0, -40, 96 },
  ["Mournhold, Royal Palace: Throne Room"] = { 0, -512, 128 },
  ["Mournhold, Plaza Brindisi Dorom"] = { 0, -1024, 512 },
  ["Ebonheart, Imperial Chapels"] = { 0, 128, 130 },
}

--- Regions by rough rectangles of the grid (west, south, east, north); the first match counts.
local REGIONS = {
  { -2, -11, 1, -8, "Bitter Coast Region" },
  { -9, -7, -4, 5, "Bitter Coast Region" },
  { -5, -6, -1, 9, "West Gash Region" },
  { -12, 6, -6, 16, "West Gash Region" },
  { -1, -7, 6, 2, "Ascadian Isles Region" },
  { 0, -14, 8, -8, "Ascadian Isles Region" },
  { 0, 3, 8, 12, "Red Mountain Region" },
  { 7, -8, 14, 0, "Molag Mar Region" },
  { 12, -14, 20, 8, "Azura's Coast Region" },
  { 8, 8, 16, 18, "Grazelands Region" },
  { -12, 17, 10, 26, "Sheogorad" },
  { -28, 16, -14, 30, "Isinfier Plains Region" },
}
local ELSEWHERE = "Ashlands Region"

for name, marker in pairs(places.markers) do
  INTERIORS[name] = marker
end

local interiors_by_key = {}
for name in pairs(INTERIORS) do
  interiors_by_key[name:lower()] = name
end

--- The grid numbers of an exterior cell, or nil.
function M.grid(cell)
  local x, y = cell:match(EXTERIOR)
  return tonumber(x), tonumber(y)
end

function M.cell_at(x, y)
  return ("%d, %d"):format(math.floor(x / M.CELL_SIZE), math.floor(y / M.CELL_SIZE))
end

--- The cell as the client knows it, or nil for one that its data files don't have.
function M.resolve(cell)
  local x, y = M.grid(cell)
  if x then
    return math.abs(x) <= GRID_LIMIT and math.abs(y) <= GRID_LIMIT and cell or nil
  end
  return interiors_by_key[cell:lower()] or NAMED_EXTERIORS[cell:lower()]
end

--- The arrival position in a cell: the middle of an exterior, the marker of an interior.
function M.arrival(cell)
  local x, y = M.grid(cell)
  if not x then
    local marker = INTERIORS[cell]
    return marker[1], marker[2], marker[3]
  end
  return (x + 0.5) * M.CELL_SIZE, (y + 0.5) * M.CELL_SIZE, GROUND
end

--- The cells a client has loaded while it is in one: an exterior and the eight around it, or the interior alone.
function M.around(cell)
  local x, y = M.grid(cell)
  if not x then
    return { cell }
  end
  local cells = {}
  for column = x - 1, x + 1 do
    for row = y - 1, y + 1 do
      table.insert(cells, ("%d, %d"):format(column, row))
    end
  end
  return cells
end

--- The region's name as clients report it; "" inside.
function M.region(cell)
  local x, y = M.grid(cell)
  if not x then
    return ""
  end
  for _, region in ipairs(REGIONS) do
    if x >= region[1] and y >= region[2] and x <= region[3] and y <= region[4] then
      return region[5]
    end
  end
  return ELSEWHERE
end

return M
