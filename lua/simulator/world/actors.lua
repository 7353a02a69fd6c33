--- The actors of the world. They move while a client simulates their cell (is its authority), which also reports them.
local ai = require("simulator.world.ai")
local life_cycle = require("simulator.world.actor_life")
local map = require("simulator.world.map")
local population = require("simulator.world.population")

local M = {}
M.__index = M

for name, method in pairs(life_cycle) do
  M[name] = method
end

local REST_MS = { 800, 6000 } -- how long one stands at a point of its way

local GAUGE = 100 -- magicka and fatigue of an actor of which nothing else is known

--- A new actor from { refNum, mpNum, refId, health, speed, way }; `cell` if its way does not determine it.
function M.make(definition, cell)
  local start = definition.way[1]
  return { definition = definition, refNum = definition.refNum, mpNum = definition.mpNum, refId = definition.refId,
    x = start[1], y = start[2], z = start[3], yaw = start[4] or 0, target = 1, rests_until = 0,
    cell = cell or definition.cell or map.cell_at(start[1], start[2]),
    health = definition.health, health_base = definition.health,
    magicka = 0, magicka_base = 0, fatigue = GAUGE, fatigue_base = GAUGE, equipment = {}, stats = {} }
end

function M.new(world)
  local self = setmetatable({ world = world, all = {} }, M)
  for _, definition in ipairs(population.ACTORS) do
    local actor = M.make(definition)
    if #definition.way > 1 then
      actor.rests_until = world.now + world.random:between(0, REST_MS[2])
    end
    table.insert(self.all, actor)
  end
  return self
end

--- An entry in the server's list of the cell after a position packet; it has no refId.
local function entry_of(actor)
  return { refNum = actor.refNum, mpNum = actor.mpNum, refId = "", x = actor.x, y = actor.y, z = actor.z,
    rotX = 0, rotY = 0, rotZ = actor.yaw, healthBase = actor.health_base, healthCurrent = actor.health,
    magickaBase = actor.magicka_base, magickaCurrent = actor.magicka, fatigueBase = actor.fatigue_base,
    fatigueCurrent = actor.fatigue, equipment = actor.equipment }
end

local function find(list, actor)
  for index, entry in ipairs(list) do
    if entry.refNum == actor.refNum and entry.mpNum == actor.mpNum then
      return index
    end
  end
end

function M:report(actor)
  local cell = self.world.server:listed_cell(actor.cell)
  local index = find(cell.actors, actor)
  if not index then
    table.insert(cell.actors, entry_of(actor))
    return
  end
  local entry = cell.actors[index]
  entry.x, entry.y, entry.z, entry.rotZ = actor.x, actor.y, actor.z, actor.yaw
  for _, gauge in ipairs { "health", "magicka", "fatigue" } do
    entry[gauge .. "Current"], entry[gauge .. "Base"] = actor[gauge], actor[gauge .. "_base"]
  end
end

function M:in_cell(cell)
  local result = {}
  for _, actor in ipairs(self.all) do
    if actor.cell == cell then
      table.insert(result, actor)
    end
  end
  return result
end

--- A new authority sends the position of every actor of the cell once.
function M:report_all(client, cell)
  if client.loaded[cell] then
    for _, actor in ipairs(self:in_cell(cell)) do
      self:report(actor)
    end
  end
end

--- The client reports a list of actors of a cell under an event.
function M:send_list(client, event, cell, entries)
  local received = self.world.server.empty_list()
  received.cell, received.entries = cell, entries
  self.world.server.received.actors = received
  client:fire(event, cell)
end

--- The client reports the actors of a cell and their equipment. The second packet has their numbers only, as all
--- packets except those of lists and deaths.
function M:report_list(client, cell)
  if not client.loaded[cell] then
    return
  end
  local named, dressed = {}, {}
  for _, actor in ipairs(self:in_cell(cell)) do
    local entry = entry_of(actor)
    entry.refId = actor.refId
    table.insert(named, entry)
    table.insert(dressed, entry_of(actor))
  end
  self:send_list(client, "OnActorList", cell, named)
  self:send_list(client, "OnActorEquipment", cell, dressed)
end

--- Moves an actor to another cell: the client reports the change, and the server's list is updated.
function M:change_cell(client, actor, new_cell)
  local old_cell, entry = actor.cell, entry_of(actor)
  entry.cell = new_cell
  actor.cell = new_cell
  self:send_list(client, "OnActorCellChange", old_cell, { entry })
  self:leave_list(old_cell, actor)
end

--- Removes an actor from the server's list of a cell.
function M:leave_list(cell, actor)
  local listed = self.world.server:listed_cell(cell)
  local list = listed and listed.actors or {}
  local index = find(list, actor)
  if index then
    table.remove(list, index)
  end
end

function M.entry_of(_, actor)
  return entry_of(actor)
end

--- An actor dies, killed by a player (killer_pid) or not; the client that simulates it reports the death. False if no
--- client does.
function M:kill(refNum, killer_pid)
  local actor = self:find(refNum, 0)
  return actor ~= nil and self:die(actor, killer_pid)
end

local function rest(self, actor)
  local way = actor.definition.way
  actor.target = actor.target % #way + 1
  actor.rests_until = self.world.now + self.world.random:between(REST_MS[1], REST_MS[2])
end

--- One step towards a position; returns whether it is reached.
local function walk_to(actor, x, y, z, seconds)
  local dx, dy, dz = x - actor.x, y - actor.y, z - actor.z
  local distance, stride = math.sqrt(dx * dx + dy * dy), actor.definition.speed * seconds
  if distance <= stride then
    actor.x, actor.y, actor.z = x, y, z
    return true
  end
  local part = stride / distance
  actor.x, actor.y, actor.z = actor.x + dx * part, actor.y + dy * part, actor.z + dz * part
  actor.yaw = math.atan2(dx, dy)
  return false
end

--- One step as its AI package wants, else to the next point of its way.
local function walk(self, actor, seconds)
  if actor.ai then
    local to = ai.destination(self.world, actor)
    if to then
      walk_to(actor, to.x, to.y, to.z, seconds)
    end
    return
  end
  local target = actor.definition.way[actor.target]
  if walk_to(actor, target[1], target[2], target[3], seconds) then
    rest(self, actor)
  end
end

local function step_one(self, actor, client, seconds)
  walk(self, actor, seconds)
  local here = map.grid(actor.cell) and map.cell_at(actor.x, actor.y) or actor.cell
  if here ~= actor.cell and client.loaded[here] then
    self:change_cell(client, actor, here)
  end
  if self.world.server.cells[actor.cell] then
    self:report(actor)
  end
end

local function is_moving(actor, now)
  if actor.health <= 0 then
    return false
  end
  return actor.ai ~= nil or (#actor.definition.way > 1 and now >= actor.rests_until)
end

--- Moves the actors of each cell that a client simulates.
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
