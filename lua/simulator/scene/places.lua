--- The buildings that can be entered: each is a box of walls outside and a room inside, joined by a pair of doors.
--- Which places exist is a fact of the game; their walls, doors and furniture are invented.
local plugin = require("simulator.scene.plugin")

local M = {}

M.WALL = 20 -- game units of thickness

--- Outside: the box (west, south, east, north) and the side that has the door. Inside: the arrival position, which is
--- also that of `map.lua`. `number` is the number of the door outside; the one inside has the next.
local BUILDINGS = {
  { number = 107001, name = "Seyda Neen, Census and Excise Office", box = { -10500, -71800, -9700, -71200 },
    side = "west", marker = { 1130, -387, 193 } },
  { number = 107003, name = "Seyda Neen, Arrille's Tradehouse", box = { -12400, -70600, -11700, -69900 },
    side = "east", marker = { -448, -128, 386 }, counter = true },
  { number = 107005, name = "Seyda Neen, Lighthouse", box = { -9000, -74600, -8600, -74200 }, side = "west",
    marker = { 40, 200, 0 } },
  { number = 107007, name = "Addamasartus", box = { -6800, -70000, -6200, -69400 }, side = "west",
    marker = { 2304, 4608, 320 } },
  { number = 107009, name = "Seyda Neen, Fargoth's House", box = { -13600, -71300, -13100, -70800 }, side = "east",
    marker = { 0, 0, 0 } },
  { number = 107011, name = "Balmora, Eight Plates", box = { -24400, -14400, -23700, -13800 }, side = "east",
    marker = { 128, 64, 130 }, counter = true },
  { number = 107013, name = "Balmora, Lucky Lockup", box = { -21800, -16300, -21200, -15900 }, side = "north",
    marker = { 64, -64, 130 }, counter = true },
  { number = 107015, name = "Balmora, Guild of Mages", box = { -20900, -15900, -20200, -15200 }, side = "west",
    marker = { -755, -1007, -644 } },
  { number = 107017, name = "Balmora, Guild of Fighters", box = { -21000, -13400, -20300, -12700 }, side = "west",
    marker = { 309, -172, -231 } },
  { number = 107019, name = "Balmora, Temple", box = { -19500, -10500, -18800, -9700 }, side = "south",
    marker = { 4700, 3874, 14759 } },
  { number = 107021, name = "Balmora, Caius Cosades' House", box = { -17000, -13000, -16600, -12600 }, side = "west",
    marker = { 96, -64, 1 } },
  { number = 107023, name = "Balmora, South Wall Cornerclub", box = { -19200, -16200, -18500, -15600 },
    side = "north", marker = { -128, 256, 130 }, counter = true },
  { number = 107025, name = "Balmora, Council Club", box = { -23900, -12500, -23200, -11900 }, side = "east",
    marker = { -256, 160, 130 }, counter = true },
  { number = 107027, name = "Balmora, Hlaalu Council Manor", box = { -23000, -10600, -22000, -9800 },
    side = "south", marker = { 128, -256, 128 } },
  { number = 107029, name = "Pelagiad, Halfway Tavern", box = { 1800, -56600, 2400, -56000 }, side = "west",
    marker = { 0, 0, 130 }, counter = true },
  { number = 107031, name = "Caldera, Shenk's Shovel", box = { -12400, 21200, -11800, 21800 }, side = "south",
    marker = { 0, 0, 130 }, counter = true },
  { number = 107033, name = "Caldera, Guild of Mages", box = { -10700, 21000, -10100, 21600 }, side = "west",
    marker = { 512, 384, 256 } },
  { number = 107035, name = "Ald-ruhn, Guild of Mages", box = { -13900, 54000, -13300, 54600 }, side = "east",
    marker = { -128, 64, 130 } },
}

--- A room reaches from its arrival position to the east: its west wall, with the door, is behind whoever enters.
local WEST, EAST, HALF = 160, 900, 450
--- The counter of a tavern or shop stands across the room, with a gap at its south end.
local COUNTER_AT, COUNTER_DEPTH, COUNTER_GAP = 500, 60, 250

--- The walls of a room, as boxes.
local function room(building)
  local x, y, wall = building.marker[1], building.marker[2], M.WALL
  local west, east, south, north = x - WEST, x + EAST, y - HALF, y + HALF
  local walls = { { west - wall, south - wall, west, north + wall }, { east, south - wall, east + wall, north + wall },
    { west, south - wall, east, south }, { west, north, east, north + wall } }
  if building.counter then
    table.insert(walls, { x + COUNTER_AT, south + COUNTER_GAP, x + COUNTER_AT + COUNTER_DEPTH, north })
  end
  return walls
end

local FORWARD = 100 -- how far in front of a door one arrives, in game units

--- For each side: the direction out of the wall (dx, dy) and the yaw that looks that way.
local SIDES = { west = { -1, 0, -math.pi / 2 }, east = { 1, 0, math.pi / 2 }, south = { 0, -1, math.pi },
  north = { 0, 1, 0 } }

--- The middle of one side of a box, and the direction out of it.
local function front(box, side)
  local out = SIDES[side]
  local x, y = (box[1] + box[3]) / 2, (box[2] + box[4]) / 2
  return x + out[1] * (box[3] - box[1]) / 2, y + out[2] * (box[4] - box[2]) / 2, out
end

local CELL_SIZE = 8192

local function cell_of(x, y)
  return ("%d, %d"):format(math.floor(x / CELL_SIZE), math.floor(y / CELL_SIZE))
end

local function door(number, cell, at, to)
  return { refNum = number, mpNum = 0, refId = to.refId, cell = cell, x = at[1], y = at[2], z = at[3],
    leads_to = to.cell, to = { x = to.x, y = to.y, z = to.z, yaw = to.yaw } }
end

--- The pair of doors of a building. The height outside is that of the ground there, which is not known here: nil.
local function doors(building)
  local x, y, out = front(building.box, building.side)
  local outside, marker = cell_of(x, y), building.marker
  local entrance = door(building.number, outside, { x, y }, { refId = "ex_common_door_01", cell = building.name,
    x = marker[1], y = marker[2], z = marker[3], yaw = math.pi / 2 })
  local exit = door(building.number + 1, building.name, { marker[1] - WEST, marker[2], marker[3] },
    { refId = "in_common_door_01", cell = outside, x = x + out[1] * FORWARD, y = y + out[2] * FORWARD, yaw = out[3] })
  return entrance, exit
end

--- The doors that lead to another cell: { refNum, mpNum, refId, cell, x, y, z?, leads_to, to = { x, y, z?, yaw } }.
M.doors = {}

--- The walls inside, by cell: a list of boxes { west, south, east, north }.
M.rooms = {}

--- The walls outside: the boxes of the buildings.
M.outside = {}

--- The arrival positions inside, by cell.
M.markers = {}

for _, building in ipairs(BUILDINGS) do
  local entrance, exit = doors(building)
  table.insert(M.doors, entrance)
  table.insert(M.doors, exit)
  table.insert(M.outside, building.box)
  M.rooms[building.name], M.markers[building.name] = room(building), building.marker
end

--- A plugin says where doors lead, but not where walls stand.
if plugin.doors then
  M.doors, M.markers, M.rooms, M.outside = plugin.doors, plugin.markers, {}, {}
end

return M
