--- Actors of the data files. They move while a client simulates their cell (is its authority), which also reports them.
local map = require("embedded.world.map")
local population = require("embedded.world.population")

local M = {}
M.__index = M

local REST_MS = { 800, 6000 } -- how long one stands at a point of its way

local function place(definition)
  local start = definition.way[1]
  return { definition = definition, refNum = definition.refNum, mpNum = definition.mpNum, refId = definition.refId,
    x = start[1], y = start[2], z = start[3], yaw = 0, target = 1, rests_until = 0,
    cell = map.cell_at(start[1], start[2]), health = definition.health }
end

function M.new(world)
  local self = setmetatable({ world = world, all = {} }, M)
  for _, definition in ipairs(population.ACTORS) do
    local actor = place(definition)
    actor.rests_until = world.now + world.random:between(0, REST_MS[2])
    table.insert(self.all, actor)
  end
  return self
end

--- What a position packet leaves in the server's list of the cell; it has no refId.
local function entry_of(actor)
  return { refNum = actor.refNum, mpNum = actor.mpNum, refId = "", x = actor.x, y = actor.y, z = actor.z,
    rotX = 0, rotY = 0, rotZ = actor.yaw, healthBase = actor.definition.health, healthCurrent = actor.health,
    magickaBase = 0, magickaCurrent = 0, fatigueBase = 100, fatigueCurrent = 100, equipment = {} }
end

local function find(list, actor)
  for index, entry in ipairs(list) do
    if entry.refNum == actor.refNum and entry.mpNum == actor.mpNum then
      return index
    end
  end
end

function M:report(actor)
  local cell = self.world.server.cells[actor.cell]
  local index = find(cell.actors, actor)
  if not index then
    table.insert(cell.actors, entry_of(actor))
    return
  end
  local entry = cell.actors[index]
  entry.x, entry.y, entry.z, entry.rotZ = actor.x, actor.y, actor.z, actor.yaw
  entry.healthCurrent = actor.health
end

function M:in_cell(cell)
  local found = {}
  for _, actor in ipairs(self.all) do
    if actor.cell == cell then
      table.insert(found, actor)
    end
  end
  return found
end

--- A new authority sends the position of every actor of the cell once.
function M:report_all(client, cell)
  if client.loaded[cell] then
    for _, actor in ipairs(self:in_cell(cell)) do
      self:report(actor)
    end
  end
end

local function send_list(self, client, event, cell, entries)
  local received = self.world.server.empty_list()
  received.cell, received.entries = cell, entries
  self.world.server.received.actors = received
  client:fire(event, cell)
end

--- The client names the actors of a cell, and what they wear.
function M:report_list(client, cell)
  if not client.loaded[cell] then
    return
  end
  local entries = {}
  for _, actor in ipairs(self:in_cell(cell)) do
    local entry = entry_of(actor)
    entry.refId = actor.refId
    table.insert(entries, entry)
  end
  send_list(self, client, "OnActorList", cell, entries)
  send_list(self, client, "OnActorEquipment", cell, entries)
end

--- Over a border: the client reports the change, and the server's list follows.
local function change_cell(self, client, actor, new_cell)
  local old_cell, entry = actor.cell, entry_of(actor)
  entry.cell, entry.refId = new_cell, actor.refId
  actor.cell = new_cell
  send_list(self, client, "OnActorCellChange", old_cell, { entry })
  local list = self.world.server.cells[old_cell].actors
  local index = find(list, actor)
  if index then
    table.remove(list, index)
  end
end

--- An actor dies, by a player's hand (killer_pid) or nobody's; the client that simulates it says so. False where nobody
--- does.
function M:kill(refNum, killer_pid)
  for _, actor in ipairs(self.all) do
    local cell = actor.refNum == refNum and self.world.server.cells[actor.cell]
    if cell and self.world.clients[cell.authority] then
      actor.health = 0
      self:report(actor)
      local entry = entry_of(actor)
      entry.refId, entry.deathState, entry.killerPid = actor.refId, 1, killer_pid
      send_list(self, self.world.clients[cell.authority], "OnActorDeath", actor.cell, { entry })
      return true
    end
  end
  return false
end

local function rest(self, actor)
  local way = actor.definition.way
  actor.target = actor.target % #way + 1
  actor.rests_until = self.world.now + self.world.random:between(REST_MS[1], REST_MS[2])
end

--- One step towards the next point of the way.
local function walk(self, actor, seconds)
  local target = actor.definition.way[actor.target]
  local dx, dy, dz = target[1] - actor.x, target[2] - actor.y, target[3] - actor.z
  local distance, stride = math.sqrt(dx * dx + dy * dy), actor.definition.speed * seconds
  if distance <= stride then
    actor.x, actor.y, actor.z = target[1], target[2], target[3]
    rest(self, actor)
    return
  end
  local part = stride / distance
  actor.x, actor.y, actor.z = actor.x + dx * part, actor.y + dy * part, actor.z + dz * part
  actor.yaw = math.atan2(dx, dy)
end

local function step_one(self, actor, client, seconds)
  walk(self, actor, seconds)
  local here = map.cell_at(actor.x, actor.y)
  if here ~= actor.cell and client.loaded[here] then
    change_cell(self, client, actor, here)
  end
  if self.world.server.cells[actor.cell] then
    self:report(actor)
  end
end

local function is_moving(actor, now)
  return actor.health > 0 and #actor.definition.way > 1 and now >= actor.rests_until
end

--- Moves the actors of each cell that somebody simulates.
function M:step(seconds)
  for _, actor in ipairs(self.all) do
    local cell = self.world.server.cells[actor.cell]
    local client = cell and self.world.clients[cell.authority]
    if client and is_moving(actor, self.world.now) then
      step_one(self, actor, client, seconds)
    end
  end
end

return M
