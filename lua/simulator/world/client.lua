--- A simulated client: what the player's own computer knows and does. Tests read it to see what arrived.
local map = require("simulator.world.map")

local M = {}
M.__index = M

local REMEMBERED_LINES = 100

--- world: the world it plays in; pid, name: the player.
function M.new(world, pid, name)
  return setmetatable({
    world = world, pid = pid, name = name, cell = nil, x = 0, y = 0, z = 0, pitch = 0, yaw = 0,
    loaded = {}, inventory = {}, journal = {}, chat = {}, dialogs = {}, console = {}, received = {},
    trip = {}, arriving = false, dead = false, answers_dialogs = true,
    spells = {}, active = {}, factions = {}, topics = {}, books = {}, kills = {}, map = {}, settings = {},
    quick_keys = {}, objects = {}, records = {}, activated = {}, speech = {},
  }, M)
end

--- The server's copy of this player.
function M:copy()
  return self.world.server.players[self.pid]
end

--- Runs `act` after a delay, unless the player has left by then. `trip`, if given, is the trip it belongs to.
function M:after(delay_ms, act, trip)
  self.world.event_queue:add(self.world.now + delay_ms, trip or self, act)
end

function M:fire(event, ...)
  self.world.fire(event, self.pid, ...)
end

--- Keeps the newest items of a list of received texts.
function M:remember(list, value)
  table.insert(self[list], value)
  if #self[list] > REMEMBERED_LINES then
    table.remove(self[list], 1)
  end
end

--- Sets the position and reports it to the server (a packet without an event).
function M:stand(x, y, z, pitch, yaw)
  self.x, self.y, self.z = x, y, z
  self.pitch, self.yaw = pitch or self.pitch, yaw or self.yaw
  local copy = self:copy()
  copy.position.x, copy.position.y, copy.position.z = x, y, z
  copy.rotation.x, copy.rotation.z = self.pitch, self.yaw
end

local function as_set(list)
  local set = {}
  for _, value in ipairs(list) do
    set[value] = true
  end
  return set
end

local function unload_left(self, wanted)
  local left = {}
  for cell in pairs(self.loaded) do
    if not wanted[cell] then
      table.insert(left, cell)
    end
  end
  table.sort(left)
  for _, cell in ipairs(left) do
    self.loaded[cell] = nil
    self.world.cells:leave(self.pid, cell)
  end
end

--- Unloads the cells that are now too far, loads the new ones, and reports each to the server.
function M:load_around(cell)
  local around = map.around(cell)
  unload_left(self, as_set(around))
  for _, near in ipairs(around) do
    if not self.loaded[near] then
      self.loaded[near] = true
      self.world.cells:enter(self.pid, near)
    end
  end
end

--- Reports the current cell, with its region.
function M:report_cell(cell)
  local copy = self:copy()
  copy.previous = { x = copy.position.x, y = copy.position.y, z = copy.position.z }
  self.cell, copy.cell = cell, cell
  local region = map.region(cell)
  copy.changes_region = region ~= copy.region
  copy.region = region
  self:fire("OnPlayerCellChange")
  copy.changes_region = false
end

--- Walks to a position. At an exterior border the client changes its cell by itself.
function M:walk(x, y, z, yaw)
  self:stand(x, y, z, nil, yaw)
  local here = map.grid(self.cell) and map.cell_at(x, y) or self.cell
  if here ~= self.cell then
    self:load_around(here)
    self:report_cell(here)
  end
end

return M
