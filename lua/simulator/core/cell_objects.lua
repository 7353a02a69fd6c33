--- A cell's data of its objects, and how they are sent to clients: the Save... and Load... function of each packet.
local table_helper = require("simulator.core.table_helper")

local M = {}

--- For each packet type the list in the cell's data that stores it, and its fields.
local KINDS = {
  ObjectLock = { list = "lock", fields = { "lockLevel" } },
  ObjectTrap = { list = "trap", fields = {} },
  ObjectScale = { list = "scale", fields = { "scale" } },
  ObjectState = { list = "state", fields = { "state" } },
  DoorState = { list = "doorState", fields = { "doorState" } },
  ObjectMiscellaneous = { list = "miscellaneous", fields = { "goldPool", "lastGoldRestockHour",
    "lastGoldRestockDay" } },
}

local function save_fields(cell, kind, objects)
  for uniqueIndex, object in pairs(objects) do
    cell:InitializeObjectData(uniqueIndex, object.refId)
    for _, field in ipairs(kind.fields) do
      cell.data.objectData[uniqueIndex][field] = object[field]
    end
    table_helper.insertValueIfMissing(cell.data.packets[kind.list], uniqueIndex)
  end
end

local function save_locals(cell, objects)
  for uniqueIndex, object in pairs(objects) do
    cell:InitializeObjectData(uniqueIndex, object.refId)
    local saved = cell.data.objectData[uniqueIndex]
    saved.variables = saved.variables or {}
    for kind, values in pairs(object.variables) do
      saved.variables[kind] = saved.variables[kind] or {}
      for index, value in pairs(values) do
        saved.variables[kind][index] = value
      end
    end
    table_helper.insertValueIfMissing(cell.data.packets.clientScriptLocal, uniqueIndex)
  end
end

local function was_made_here(cell, uniqueIndex)
  local packets, contains = cell.data.packets, table_helper.containsValue
  return contains(packets.place, uniqueIndex) or contains(packets.spawn, uniqueIndex)
end

local function unlink(cell, uniqueIndex, refId)
  local store = logicHandler.IsGeneratedRecord(refId) and logicHandler.GetRecordStoreByRecordId(refId)
  if store then
    cell:RemoveLinkToRecord(store.storeType, refId, uniqueIndex)
  end
end

--- An object of the data files is stored as deleted in its original cell; one created on the server is removed.
local function save_deleted(cell, uniqueIndex, refId)
  if table_helper.containsValue(cell.data.packets.cellChangeFrom, uniqueIndex) then
    local origin = cell.data.objectData[uniqueIndex].cellChangeFrom
    require("simulator.core.cells").with(origin, function(original)
      original:DeleteObjectData(uniqueIndex)
      table.insert(original.data.packets.delete, uniqueIndex)
      original:InitializeObjectData(uniqueIndex, refId)
    end)
    cell:DeleteObjectData(uniqueIndex)
  elseif was_made_here(cell, uniqueIndex) then
    cell:DeleteObjectData(uniqueIndex)
    unlink(cell, uniqueIndex, refId)
  else
    cell:DeleteObjectData(uniqueIndex)
    table.insert(cell.data.packets.delete, uniqueIndex)
    cell:InitializeObjectData(uniqueIndex, refId)
  end
end

function M:SaveObjectsByPacketType(packetType, objects)
  if KINDS[packetType] then
    save_fields(self, KINDS[packetType], objects)
  elseif packetType == "ClientScriptLocal" then
    save_locals(self, objects)
  elseif packetType == "ObjectDelete" then
    for uniqueIndex, object in pairs(objects) do
      save_deleted(self, uniqueIndex, object.refId)
    end
  end
end

local LOADED = { ObjectLock = true, ObjectTrap = true, ObjectScale = true, ObjectState = true, DoorState = true,
  ObjectMiscellaneous = true, ClientScriptLocal = true, ObjectDelete = true, ObjectPlace = true, ObjectSpawn = true }

local function is_whole(cell, packetType, object)
  if packetType ~= "ObjectPlace" and packetType ~= "ObjectSpawn" then
    return object ~= nil
  end
  local place = object and object.location
  return type(place) == "table" and table_helper.getCount(place) == 6 and cell:ContainsPosition(place.posX, place.posY)
end

function M:LoadObjectsByPacketType(packetType, pid, objectData, uniqueIndexArray, forEveryone)
  if not LOADED[packetType] then
    return
  end
  tes3mp.ClearObjectList()
  tes3mp.SetObjectListPid(pid)
  tes3mp.SetObjectListCell(self.description)
  local any = false
  for _, uniqueIndex in pairs(table_helper.shallowCopy(uniqueIndexArray)) do
    if is_whole(self, packetType, objectData[uniqueIndex]) then
      packetBuilder["Add" .. packetType](uniqueIndex, objectData[uniqueIndex])
      any = true
    end
  end
  if any then
    tes3mp["Send" .. packetType](forEveryone)
  end
end

function M:ContainsPosition(posX, posY)
  return not self.isExterior or (math.floor(posX / 8192) == self.gridX and math.floor(posY / 8192) == self.gridY)
end

function M:DeleteObjectData(uniqueIndex)
  for _, indexes in pairs(self.data.packets) do
    table_helper.removeValue(indexes, uniqueIndex)
  end
  self.data.objectData[uniqueIndex] = nil
end

--- Removes packets of unknown objects, as when a cell's file is loaded.
function M:EnsurePacketValidity()
  for _, indexes in pairs(self.data.packets) do
    for _, uniqueIndex in pairs(table_helper.shallowCopy(indexes)) do
      if self.data.objectData[uniqueIndex] == nil then
        table_helper.removeValue(indexes, uniqueIndex)
      end
    end
  end
end

local SENT_TO_VISITORS = { { "ObjectDelete", "delete" }, { "ObjectPlace", "place" }, { "ObjectSpawn", "spawn" },
  { "ObjectLock", "lock" }, { "ObjectTrap", "trap" }, { "ObjectScale", "scale" },
  { "ObjectMiscellaneous", "miscellaneous" }, { "ObjectState", "state" }, { "DoorState", "doorState" },
  { "ClientScriptLocal", "clientScriptLocal" } }

--- The packets about objects for a client that enters the cell.
function M:LoadInitialCellData(pid)
  self:EnsurePacketValidity()
  for _, sent in ipairs(SENT_TO_VISITORS) do
    self:LoadObjectsByPacketType(sent[1], pid, self.data.objectData, self.data.packets[sent[2]], false)
  end
  self:LoadContainers(pid, self.data.objectData, self.data.packets.container)
end

return M
