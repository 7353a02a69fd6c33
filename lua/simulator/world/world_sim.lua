--- Simulates the world: connected players, queued events, and everything that moves, step by step.
local actors = require("simulator.world.actors")
local cells = require("simulator.world.cells")
local client = require("simulator.world.client")
local containers = require("simulator.world.containers")
local drive = require("simulator.core.drive")
local event_queue = require("simulator.world.event_queue")
local events = require("simulator.events")
local fighting = require("simulator.world.fighting")
local input = require("simulator.world.input")
local packets = require("simulator.world.packets")
local population = require("simulator.world.population")
local random = require("simulator.random")
local wanderer = require("simulator.world.wanderer")
local weather = require("simulator.world.weather")

local M = {}
M.__index = M

local STEP_MS = 50 -- walking at 20 Hz is smooth enough, and leaves most ticks with nothing to do
local MOST_STEPS = 20 -- after a long pause the world does not catch up
local MS_PER_S = 1000
local LOGIN_BOX = 1

--- server: the server's state; seed: of the random generator.
function M.new(server, seed)
  local self = setmetatable({ server = server, random = random.new(seed), now = server.clock(), clients = {},
    wanderers = {}, wanders = { Jiub = true }, event_queue = event_queue.new() }, M)
  self.stepped_at = self.now
  for _, cell in ipairs(population.MAPPED) do
    server.files[server.data_path .. "/map/" .. cell .. ".png"] = true
  end
  self.fire = function(event, ...) events.fire(server, event, ...) end
  self.cells, self.containers = cells.new(self), containers.new(self)
  self.weather, self.actors = weather.new(self), actors.new(self)
  self.input = input.new(self)
  server.deliver = function(pid, packet)
    if self.clients[pid] then
      packets.receive(self.clients[pid], packet)
    end
  end
  server.kick = function(pid)
    self.event_queue:add(self.now, server, function() self:disconnect(pid) end)
  end
  return self
end

local function free_pid(server)
  for pid = 0, server.max_players - 1 do
    if not server.players[pid] then
      return pid
    end
  end
end

local function saved(name)
  local file = "player/" .. name .. ".json"
  if not drive.load(file) then
    drive.save(file, population.character(name))
  end
  return drive.load(file)
end

--- A player connects and logs in; some ticks later its client is at its last location. Returns the pid; nil if the
--- server bans the client's address.
function M:connect(name)
  local pid = assert(free_pid(self.server), "the server is full")
  if self.server.banned[self.server.address(pid)] then
    return nil
  end
  local place = saved(name).location
  self.server.players[pid] = self.server.player(pid, name)
  self.server.last_pid = math.max(self.server.last_pid, pid)
  local new = client.new(self, pid, name)
  self.clients[pid] = new
  new.cell, new.x, new.y, new.z, new.yaw = place.cell, place.posX, place.posY, place.posZ, place.rotZ
  self.fire("OnPlayerConnect", pid)
  self.fire("OnGUIAction", pid, LOGIN_BOX, "")
  return pid
end

function M:disconnect(pid)
  local gone = self.clients[pid]
  if not gone then
    return
  end
  self.fire("OnPlayerDisconnect", pid)
  for cell in pairs(gone.loaded) do
    self.cells:drop(pid, cell)
  end
  self.event_queue:forget(gone)
  self.event_queue:forget(gone.trip)
  self.input:forget(gone)
  self.weather:release(gone)
  self.wanderers[pid], self.clients[pid], self.server.players[pid] = nil, nil, nil
end

--- Runs the queued events up to a time, each at its own time: what they queue in turn is timed from there.
local function run_events(self, until_ms)
  local entry = self.event_queue:due(until_ms)
  while entry do
    self.now = entry.at
    entry.act()
    entry = self.event_queue:due(until_ms)
  end
end

--- Runs all queued events at once, and those that follow from them.
function M:settle()
  local now = self.now
  run_events(self, math.huge)
  self.now = now
end

--- Players of `wanders` start to walk once they have arrived.
local function wake_wanderers(self)
  for pid = 0, self.server.last_pid do
    local there = self.clients[pid]
    if there and self.wanders[there.name] and not self.wanderers[pid] and not there.arriving then
      self.wanderers[pid] = wanderer.new(self, there)
    end
  end
end

--- A player is played from now on: it no longer wanders by itself.
function M:stop_wandering(played)
  self.wanderers[played.pid], self.wanders[played.name] = nil, nil
end

function M:step(seconds)
  wake_wanderers(self)
  self.actors:step(seconds)
  fighting.step_actors(self)
  for pid = 0, self.server.last_pid do
    if self.wanderers[pid] then
      self.wanderers[pid]:step(seconds)
    end
    if self.clients[pid] then
      self.input:step(self.clients[pid], seconds)
    end
  end
  self.weather:step()
end

--- One turn: the clients' events up to now, in steps of the world's time.
function M:advance(now)
  run_events(self, now)
  self.now = now
  if now - self.stepped_at > MOST_STEPS * STEP_MS then
    self.stepped_at = now - MOST_STEPS * STEP_MS
  end
  while self.stepped_at + STEP_MS <= now do
    self.stepped_at = self.stepped_at + STEP_MS
    self:step(STEP_MS / MS_PER_S)
  end
end

function M:find(name)
  for _, connected in pairs(self.clients) do
    if connected.name == name then
      return connected
    end
  end
end

return M
