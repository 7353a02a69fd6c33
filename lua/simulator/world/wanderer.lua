--- A simulated player: walks around its home position, stands, and sometimes says something.
local population = require("simulator.world.population")

local M = {}
M.__index = M

local SPEED = 160 -- game units a second
local ROAM = 500 -- how far from home it walks, in game units
local REST_MS = { 1500, 9000 }
local CHAT_MS = { 25000, 90000 }

function M.new(world, client)
  local self = setmetatable({ world = world, client = client }, M)
  self.chats_at = world.now + world.random:between(CHAT_MS[1], CHAT_MS[2])
  self:settle()
  return self
end

--- Makes the current cell and position its home.
function M:settle()
  self.cell, self.home = self.client.cell, { x = self.client.x, y = self.client.y }
  self:rest()
end

function M:rest()
  self.target = nil
  self.rests_until = self.world.now + self.world.random:between(REST_MS[1], REST_MS[2])
end

local function chat(self)
  if self.world.now >= self.chats_at then
    self.chats_at = self.world.now + self.world.random:between(CHAT_MS[1], CHAT_MS[2])
    self.client:fire("OnPlayerSendMessage", self.world.random:pick(population.PHRASES))
  end
end

local function choose(self)
  local random = self.world.random
  return { x = self.home.x + random:between(-ROAM, ROAM), y = self.home.y + random:between(-ROAM, ROAM) }
end

local function walk(self, seconds)
  local client = self.client
  local dx, dy = self.target.x - client.x, self.target.y - client.y
  local distance, stride = math.sqrt(dx * dx + dy * dy), SPEED * seconds
  if distance <= stride then
    self:rest()
  else
    client:walk(client.x + dx * stride / distance, client.y + dy * stride / distance, client.z, math.atan2(dx, dy))
    self.cell = client.cell
  end
end

function M:step(seconds)
  local client = self.client
  if client.dead or client.arriving then
    return
  end
  chat(self)
  if client.cell ~= self.cell then
    self:settle() -- it was sent elsewhere
  elseif self.target then
    walk(self, seconds)
  elseif self.world.now >= self.rests_until then
    self.target = choose(self)
  end
end

return M
