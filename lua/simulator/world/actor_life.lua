--- How actors are spawned, ordered, moved, killed and deleted by the client that simulates them.
local ai = require("simulator.world.ai")
local map = require("simulator.world.map")
local population = require("simulator.world.population")

local M = {}

local STROLL, HEALTH = 90, 50 -- of one that is made at run time: game units a second, and points

function M:find(refNum, mpNum)
  for _, actor in ipairs(self.all) do
    if actor.refNum == refNum and actor.mpNum == mpNum then
      return actor
    end
  end
  return nil
end

function M:is_simulated_by(actor, client)
  local cell = self.world.server.cells[actor.cell]
  return cell ~= nil and cell.authority == client.pid
end

--- Whether an id is a creature or an NPC for a client: in its data files, or received as a record.
function M.can_be(_, refId, client)
  return population.ACTOR_IDS[refId:lower()] or client.records[refId] ~= nil
end

--- A client that has loaded the cell and simulates it spawns an actor there and reports it.
function M:appear(client, cell, entry)
  if self:find(entry.refNum, entry.mpNum) or not client.loaded[cell] then
    return
  end
  local record = client.records[entry.refId] or {}
  local definition = { refNum = entry.refNum, mpNum = entry.mpNum, refId = entry.refId,
    health = record.health or HEALTH, speed = STROLL, way = { { entry.x, entry.y, entry.z, entry.rotZ } } }
  local actor = self.make(definition, map.grid(cell) == nil and cell or nil)
  table.insert(self.all, actor)
  self:report(actor)
end

--- Deletes an actor from the world. The server's list of the cell still has it: nothing reports the deletion.
function M:vanish(_, refNum, mpNum)
  for index, actor in ipairs(self.all) do
    if actor.refNum == refNum and actor.mpNum == mpNum then
      table.remove(self.all, index)
      return
    end
  end
end

--- Sets an actor's AI package. A cancelled package leaves it standing; an activation happens at once.
function M.order(_, actor, order)
  actor.spot, actor.home = nil, { x = actor.x, y = actor.y, z = actor.z }
  if order.action == ai.ACTIVATE then
    actor.activated = order.target_ref_num and order.target_ref_num .. "-" .. order.target_mp_num or order.target_pid
  else
    actor.ai = order
  end
end

function M:report_equipment(client, actor)
  local entry = self:entry_of(actor)
  entry.refId = actor.refId
  self:send_list(client, "OnActorEquipment", actor.cell, { entry })
end

--- An actor dies, killed by a player (killer_pid) or not; the client that simulates it reports the death. False if no
--- client does.
function M:die(actor, killer_pid)
  local cell = self.world.server.cells[actor.cell]
  local client = cell and self.world.clients[cell.authority]
  if not client then
    return false
  end
  actor.health, actor.ai = 0, nil
  self:report(actor)
  local entry = self:entry_of(actor)
  entry.refId, entry.deathState, entry.killerPid = actor.refId, 1, killer_pid
  self:send_list(client, "OnActorDeath", actor.cell, { entry })
  return true
end

--- Moves an actor at once: { x, y, z, yaw, cell = ? (an interior) }.
function M:put(client, actor, to)
  local cell = to.cell or map.cell_at(to.x, to.y)
  actor.x, actor.y, actor.z, actor.yaw = to.x, to.y, to.z, to.yaw
  actor.ai = nil
  if cell ~= actor.cell then
    self:change_cell(client, actor, cell)
  end
  if self.world.server.cells[cell] then
    self:report(actor)
  end
end

return M
