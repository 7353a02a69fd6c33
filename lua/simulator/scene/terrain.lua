--- The ground: its height, and the walls that stop whoever walks.
local places = require("simulator.scene.places")
local plugin = require("simulator.scene.plugin")
local spots = require("timmy.state.places")

local M = {}

local CELL_SIZE = 8192
local RADIUS = 30 -- of a walker, in game units
local EXTERIOR = "^%-?%d+, %-?%d+$"

--- Positions outside whose height is known: the measured spots of the places, and those given to `add`.
local known = {}

function M.add(x, y, z)
  known[#known + 1] = { x, y, z }
end

for _, spot in ipairs(spots.all) do
  if spot.cell:find(EXTERIOR) then
    M.add(spot.x, spot.y, spot.z)
  end
end

--- The height of the ground outside: the mean of the known heights, weighted with the fourth power of the nearness.
local function outside(x, y)
  local sum, weights = 0, 0
  for index = 1, #known do
    local point = known[index]
    local dx, dy = x - point[1], y - point[2]
    local square = dx * dx + dy * dy
    if square < 1 then
      return point[3]
    end
    local weight = 1 / (square * square)
    sum, weights = sum + weight * point[3], weights + weight
  end
  return sum / weights
end

local SIDE = 65 -- heights along a side of a plugin's cell; the last of one is the first of the next
local SPACING = CELL_SIZE / (SIDE - 1)

--- The height at a point of a plugin's cell, out of two bytes.
local function point(heights, column, row)
  local low, high = heights:byte((row * SIDE + column) * 2 + 1, (row * SIDE + column) * 2 + 2)
  local number = low + high * 256
  return number < 32768 and number or number - 65536
end

--- The height of the plugin's ground, or nil where it has none.
local function of_plugin(x, y)
  local cell_x, cell_y = math.floor(x / CELL_SIZE), math.floor(y / CELL_SIZE)
  local heights = plugin.heights and plugin.heights[("%d, %d"):format(cell_x, cell_y)]
  if not heights or #heights < SIDE * SIDE * 2 then
    return nil
  end
  local column, row = (x - cell_x * CELL_SIZE) / SPACING, (y - cell_y * CELL_SIZE) / SPACING
  local west, south = math.min(math.floor(column), SIDE - 2), math.min(math.floor(row), SIDE - 2)
  local east, north = column - west, row - south
  local near = point(heights, west, south) * (1 - east) + point(heights, west + 1, south) * east
  local far = point(heights, west, south + 1) * (1 - east) + point(heights, west + 1, south + 1) * east
  return near * (1 - north) + far * north
end

--- The height at a position of a cell. Inside it is that of the arrival position, or `z` if the room is not known.
function M.height(cell, x, y, z)
  if cell:find(EXTERIOR) then
    return of_plugin(x, y) or outside(x, y)
  end
  local marker = places.markers[cell]
  return marker and marker[3] or z
end

local function cell_at(x, y)
  return ("%d, %d"):format(math.floor(x / CELL_SIZE), math.floor(y / CELL_SIZE))
end

--- The walls outside by cell: each box is listed in every cell that it, or a walker at it, reaches.
local by_cell = {}

for _, box in ipairs(places.outside) do
  local seen = {}
  for _, x in ipairs { box[1] - RADIUS, box[3] + RADIUS } do
    for _, y in ipairs { box[2] - RADIUS, box[4] + RADIUS } do
      local cell = cell_at(x, y)
      by_cell[cell] = by_cell[cell] or {}
      if not seen[cell] then
        table.insert(by_cell[cell], box)
        seen[cell] = true
      end
    end
  end
end

local NO_WALLS = {}

--- The walls near a position: boxes { west, south, east, north }.
function M.walls(cell, x, y)
  return (cell:find(EXTERIOR) and by_cell[cell_at(x, y)] or places.rooms[cell]) or NO_WALLS
end

local function is_in(box, x, y)
  return x > box[1] - RADIUS and x < box[3] + RADIUS and y > box[2] - RADIUS and y < box[4] + RADIUS
end

--- Whether a step ends in a wall. One that begins inside a wall (a teleport led there) may leave it.
local function hits(cell, x, y, to_x, to_y)
  for _, box in ipairs(M.walls(cell, to_x, to_y)) do
    if is_in(box, to_x, to_y) and not is_in(box, x, y) then
      return true
    end
  end
  return false
end

--- Where a step of dx, dy ends: along a wall, if one is in the way. Returns x, y.
function M.step(cell, x, y, dx, dy)
  if not hits(cell, x, y, x + dx, y + dy) then
    return x + dx, y + dy
  end
  if not hits(cell, x, y, x + dx, y) then
    return x + dx, y
  end
  if not hits(cell, x, y, x, y + dy) then
    return x, y + dy
  end
  return x, y
end

return M
