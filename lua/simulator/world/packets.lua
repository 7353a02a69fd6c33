--- A client's handling of the server's packets.
local actor_orders = require("simulator.world.actor_orders")
local character = require("simulator.world.character")
local client = require("simulator.world.client")
local console = require("simulator.world.console")
local dialogs = require("simulator.world.dialogs")
local objects = require("simulator.world.objects")
local travel = require("simulator.world.travel")

local M = {}

local ANSWER_MS = 30 -- until a client has answered a question about a cell
local DEATH_MS = 50
local SET, REMOVE, REQUEST = 0, 2, 3 -- enumerations.inventory and .container
local INDEX = 1 -- enumerations.journal

--- Updates the client's own inventory counts from an inventory packet.
function client:change_inventory(action, items)
  if action == SET then
    self.inventory = {}
  end
  local sign = action == REMOVE and -1 or 1
  for _, item in ipairs(items) do
    local count = (self.inventory[item.refId] or 0) + sign * item.count
    self.inventory[item.refId] = count > 0 and count or nil
  end
end

--- An entry only raises a quest's stage; an index sets it.
function client:note_journal(entries)
  for _, entry in ipairs(entries) do
    local stage = self.journal[entry.quest]
    local is_lower = stage and stage > entry.index and entry.type ~= INDEX
    self.journal[entry.quest] = is_lower and stage or entry.index
  end
end

--- A client with 0 health dies and reports it, once. `killer` is {pid} or {name, refId}, or nil.
function client:set_health(value, killer)
  local copy = self:copy()
  copy.dynamic.health.current = value
  if value > 0 or self.dead then
    return
  end
  self.dead, copy.killer = true, killer
  self:fire("OnPlayerDeath")
end

local handlers = { Box = dialogs.receive }

for kind, handle in pairs(character) do
  handlers[kind] = handle
end

for _, topic in ipairs { actor_orders, objects } do
  for kind, handle in pairs(topic.handlers) do
    handlers[kind] = handle
  end
end

handlers.Cell = travel.cell
handlers.Position = travel.position
handlers.Console = console.receive

function handlers.Inventory(self, packet)
  self:change_inventory(packet.action, packet.items)
  for _, item in ipairs(packet.action ~= SET and packet.items or {}) do
    self.world.server.ledger(self.name, item.refId, packet.action == REMOVE and -item.count or item.count)
  end
end

function handlers.Journal(self, packet)
  self:note_journal(packet.entries)
end

--- An empty line clears the window, as in a client of 0.8.1.
function handlers.Chat(self, packet)
  if packet.text == "" then
    self.chat = {}
  else
    self:remember("chat", packet.text)
  end
end

function handlers.ChatClear(self)
  self.chat = {}
end

function handlers.StatsDynamic(self)
  if self:copy().dynamic.health.current <= 0 then
    self:after(DEATH_MS, function()
      self:set_health(self:copy().dynamic.health.current)
    end)
  end
end

function handlers.Resurrect(self, packet)
  if packet.pid ~= self.pid then return end
  for _, gauge in pairs(self:copy().dynamic) do
    gauge.current = gauge.base
  end
  self.dead, self:copy().killer = false, nil
  self:fire("OnPlayerResurrect")
end

function handlers.ActorList(self, packet)
  if packet.action == REQUEST then
    self:after(ANSWER_MS, function() self.world.actors:report_list(self, packet.cell) end)
  end
end

function handlers.ActorAuthority(self, packet)
  self:after(ANSWER_MS, function() self.world.actors:report_all(self, packet.cell) end)
end

function handlers.RegionAuthority(self, packet)
  self:after(ANSWER_MS, function() self.world.weather:take_over(self, packet.region) end)
end

function handlers.Weather(self, packet)
  self.world.weather:obey(self, packet)
end

--- A cell that is reset is loaded again.
function handlers.CellReset(self, packet)
  for _, cell in ipairs(packet.entries) do
    if self.loaded[cell] then
      self:after(ANSWER_MS, function()
        self.world.cells:leave(self.pid, cell)
        self.world.cells:enter(self.pid, cell)
      end)
    end
  end
end

--- Delivers a packet to a client. Kinds without a handler are only recorded (`received` has the last of each).
function M.receive(self, packet)
  self.received[packet.type] = packet
  local handle = handlers[packet.type]
  if handle then
    handle(self, packet)
  end
end

return M
