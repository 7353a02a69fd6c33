--- Packets about objects for which CoreScripts have no function. Each is built completely, because the server keeps the
-- action and the sub-action of the previous list.
local guard = require("timmy.game.guard")

local M = {}

local function begin(pid, thing)
  guard.ClearObjectList()
  guard.SetObjectListPid(pid)
  guard.SetObjectListCell(thing.cell.description)
  guard.SetObjectRefNum(thing.ref_num)
  guard.SetObjectMpNum(thing.mp_num)
  guard.SetObjectRefId(thing.ref_id)
end

--- Moves an object for every client.
function M.move(pid, thing, x, y, z)
  begin(pid, thing)
  guard.SetObjectPosition(x, y, z)
  guard.AddObject()
  guard.SendObjectMove(true, false)
end

--- Turns an object for every client; radians.
function M.rotate(pid, thing, x, y, z)
  begin(pid, thing)
  guard.SetObjectRotation(x, y, z)
  guard.AddObject()
  guard.SendObjectRotate(true, false)
end

--- Lets every client that sees an object play a sound at it.
function M.sound(pid, thing, sound, volume, pitch)
  begin(pid, thing)
  guard.SetObjectSound(sound, volume, pitch)
  guard.AddObject()
  guard.SendObjectSound(true, false)
end

--- Gives a door another destination for every client: { cell, x, y, z, yaw }.
function M.destination(pid, thing, spot)
  begin(pid, thing)
  guard.SetObjectDoorTeleportState(true)
  guard.SetObjectDoorDestinationCell(spot.cell)
  guard.SetObjectDoorDestinationPosition(spot.x, spot.y, spot.z)
  guard.SetObjectDoorDestinationRotation(0, spot.yaw)
  guard.AddObject()
  guard.SendDoorDestination(true, false)
end

local function add_item(item)
  guard.SetContainerItemRefId(item.refId)
  guard.SetContainerItemCount(item.count)
  guard.SetContainerItemCharge(item.charge or -1)
  guard.SetContainerItemEnchantmentCharge(item.enchantmentCharge or -1)
  guard.SetContainerItemSoul(item.soul or "")
  guard.AddContainerItem()
end

local function end_container(action, items)
  if action ~= _G.enumerations.container.REMOVE then return guard.AddObject() end
  local counts = {}
  for position, item in ipairs(items) do counts[position] = item.count end
  guard.add_object_taking(counts)
end

--- Sends every client a change of a container: items added, removed, or set (CoreScripts' actions).
function M.contents(pid, thing, action, items)
  begin(pid, thing)
  guard.SetObjectListAction(action)
  guard.SetObjectListContainerSubAction(_G.enumerations.containerSub.NONE)
  for _, item in ipairs(items) do add_item(item) end
  end_container(action, items)
  guard.SendContainer(true, false)
end

return M
