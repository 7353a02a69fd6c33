--- A cell's data of what its containers and actors hold, and how they are sent to clients.
local inventory_helper = require("simulator.core.inventory_helper")
local table_helper = require("simulator.core.table_helper")

local M = {}

local function item_at(object, item)
  return { refId = tes3mp.GetContainerItemRefId(object, item), count = tes3mp.GetContainerItemCount(object, item),
    charge = tes3mp.GetContainerItemCharge(object, item),
    enchantmentCharge = tes3mp.GetContainerItemEnchantmentCharge(object, item),
    soul = tes3mp.GetContainerItemSoul(object, item) }
end

--- Removes an item: no more than there are. The packet's count is corrected, so that its sender gets no more either.
local function remove(inventory, object, index)
  local item, wanted = item_at(object, index), tes3mp.GetContainerItemActionCount(object, index)
  local slot = inventory_helper.getItemIndex(inventory, item.refId, item.charge, item.enchantmentCharge, item.soul)
  local there = slot and inventory[slot].count or 0
  if wanted > there then
    tes3mp.SetContainerItemActionCountByIndex(object, index, there)
  end
  if slot then
    inventory[slot].count = there - math.min(wanted, there)
    if inventory[slot].count < 1 then
      inventory[slot] = nil
    end
  end
end

local function add(inventory, object, index)
  local item = item_at(object, index)
  inventory_helper.addItem(inventory, item.refId, item.count, item.charge, item.enchantmentCharge, item.soul)
end

local function save_one(cell, object, action)
  local uniqueIndex = tes3mp.GetObjectRefNum(object) .. "-" .. tes3mp.GetObjectMpNum(object)
  cell:InitializeObjectData(uniqueIndex, tes3mp.GetObjectRefId(object))
  table_helper.insertValueIfMissing(cell.data.packets.container, uniqueIndex)
  local data = cell.data.objectData[uniqueIndex]
  if data.inventory == nil or action == enumerations.container.SET then
    data.inventory = {}
  end
  local change = action == enumerations.container.REMOVE and remove or add
  for index = 0, tes3mp.GetContainerChangesSize(object) - 1 do
    change(data.inventory, object, index)
  end
  table_helper.cleanNils(data.inventory)
end

--- Who gets the packet: a reply to a request, and what a dialogue has done already, only the others.
local function share(sub_action)
  local is_done = sub_action == enumerations.containerSub.REPLY_TO_REQUEST
    or tes3mp.GetObjectListOrigin() == enumerations.packetOrigin.CLIENT_DIALOGUE
  tes3mp.SendContainer(true, is_done)
end

--- Saves the changes of the received list, and sends them to the clients.
function M:SaveContainers(pid)
  tes3mp.ReadReceivedObjectList()
  tes3mp.CopyReceivedObjectListToStore()
  local action, sub_action = tes3mp.GetObjectListAction(), tes3mp.GetObjectListContainerSubAction()
  for object = 0, tes3mp.GetObjectListSize() - 1 do
    save_one(self, object, action)
  end
  share(sub_action)
  if sub_action == enumerations.containerSub.REPLY_TO_REQUEST and self.containerRequestPid == pid then
    self.isRequestingContainerData = false
    self.data.loadState.hasFullContainerData = true
  end
  self:QuicksaveToDrive()
end

local function fill(uniqueIndex, object)
  local numbers = uniqueIndex:split("-")
  tes3mp.SetObjectRefNum(numbers[1])
  tes3mp.SetObjectMpNum(numbers[2])
  tes3mp.SetObjectRefId(object.refId)
  for _, item in pairs(object.inventory) do
    tes3mp.SetContainerItemRefId(item.refId)
    tes3mp.SetContainerItemCount(item.count)
    tes3mp.SetContainerItemCharge(item.charge or -1)
    tes3mp.SetContainerItemEnchantmentCharge(item.enchantmentCharge or -1)
    tes3mp.SetContainerItemSoul(item.soul or "")
    tes3mp.AddContainerItem()
  end
  tes3mp.AddObject()
end

--- Sends the contents that the server knows to a client.
function M:LoadContainers(pid, objectData, uniqueIndexArray)
  tes3mp.ClearObjectList()
  tes3mp.SetObjectListPid(pid)
  tes3mp.SetObjectListCell(self.description)
  local any = false
  for _, uniqueIndex in pairs(uniqueIndexArray) do
    local object = objectData[uniqueIndex]
    if type(object.inventory) == "table" and object.refId ~= nil then
      fill(uniqueIndex, object)
      any = true
    end
  end
  if any then
    tes3mp.SetObjectListAction(enumerations.container.SET)
    tes3mp.SetObjectListContainerSubAction(enumerations.containerSub.NONE)
    tes3mp.SendContainer(false, false)
  end
end

return M
