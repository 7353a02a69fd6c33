--- Packets about objects that CoreScripts have no function for: each is built whole, because the server keeps the
-- action and the sub-action of the list before.
local game = require("timmy.game.guard")

local M = {}

local function begin(pid, thing)
  game.ClearObjectList()
  game.SetObjectListPid(pid)
  game.SetObjectListCell(thing.cell.description)
  game.SetObjectRefNum(thing.ref_num)
  game.SetObjectMpNum(thing.mp_num)
  game.SetObjectRefId(thing.ref_id)
end

--- Moves an object for every client.
function M.move(pid, thing, x, y, z)
  begin(pid, thing)
  game.SetObjectPosition(x, y, z)
  game.AddObject()
  game.SendObjectMove(true, false)
end

--- Turns an object for every client; radians.
function M.rotate(pid, thing, x, y, z)
  begin(pid, thing)
  game.SetObjectRotation(x, y, z)
  game.AddObject()
  game.SendObjectRotate(true, false)
end

--- Lets every client that sees an object hear a sound from it.
function M.sound(pid, thing, sound, volume, pitch)
  begin(pid, thing)
  game.SetObjectSound(sound, volume, pitch)
  game.AddObject()
  game.SendObjectSound(true, false)
end

--- Gives a door another end for every client: { cell, x, y, z, yaw }.
function M.destination(pid, thing, spot)
  begin(pid, thing)
  game.SetObjectDoorTeleportState(true)
  game.SetObjectDoorDestinationCell(spot.cell)
  game.SetObjectDoorDestinationPosition(spot.x, spot.y, spot.z)
  game.SetObjectDoorDestinationRotation(0, spot.yaw)
  game.AddObject()
  game.SendDoorDestination(true, false)
end

local function add_item(item)
  game.SetContainerItemRefId(item.refId)
  game.SetContainerItemCount(item.count)
  game.SetContainerItemCharge(item.charge or -1)
  game.SetContainerItemEnchantmentCharge(item.enchantmentCharge or -1)
  game.SetContainerItemSoul(item.soul or "")
  game.AddContainerItem()
end

local function end_container(action, items)
  if action ~= _G.enumerations.container.REMOVE then return game.AddObject() end
  local counts = {}
  for position, item in ipairs(items) do counts[position] = item.count end
  game.add_object_taking(counts)
end

--- Tells every client what came into a container, left it, or is all there is in it (by CoreScripts' actions).
function M.contents(pid, thing, action, items)
  begin(pid, thing)
  game.SetObjectListAction(action)
  game.SetObjectListContainerSubAction(_G.enumerations.containerSub.NONE)
  for _, item in ipairs(items) do add_item(item) end
  end_container(action, items)
  game.SendContainer(true, false)
end

return M
