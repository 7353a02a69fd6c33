--- logicHandler's functions that create, remove and use objects, and set actors' AI.
local cells = require("simulator.core.cells")
local table_helper = require("simulator.core.table_helper")

local M = {}

function M.IsGeneratedRecord(recordId)
  return recordId:lower():find(config.generatedRecordIdPrefix:lower(), 1) ~= nil
end

local function store_holding(recordId, list)
  for storeType, store in pairs(RecordStores) do
    if store.data[list][recordId] ~= nil then
      return storeType
    end
  end
  return nil
end

function M.GetRecordTypeByRecordId(recordId)
  if not M.IsGeneratedRecord(recordId) then
    return store_holding(recordId, "permanentRecords")
  end
  local named = recordId:match("_(%a+)_")
  return RecordStores[named] ~= nil and named or store_holding(recordId, "generatedRecords")
end

function M.GetRecordStoreByRecordId(recordId)
  return RecordStores[M.GetRecordTypeByRecordId(recordId)]
end

local function next_index()
  local mpNum = WorldInstance:GetCurrentMpNum() + 1
  WorldInstance:SetCurrentMpNum(mpNum)
  tes3mp.SetCurrentMpNum(mpNum)
  return mpNum, "0-" .. mpNum
end

local function record_object(cell, uniqueIndex, object, packetType)
  cell:InitializeObjectData(uniqueIndex, object.refId)
  cell.data.objectData[uniqueIndex].location = object.location
  table.insert(cell.data.packets[packetType], uniqueIndex)
  if packetType == "spawn" then
    table.insert(cell.data.packets.actorList, uniqueIndex)
  end
end

local function add_to_packet(cellDescription, object, mpNum, packetType)
  local at = object.location
  tes3mp.SetObjectListPid(table_helper.getAnyValue(Players).pid)
  tes3mp.SetObjectListCell(cellDescription)
  tes3mp.SetObjectRefId(object.refId)
  tes3mp.SetObjectRefNum(0)
  tes3mp.SetObjectMpNum(mpNum)
  if packetType == "place" then
    tes3mp.SetObjectCount(object.count)
    tes3mp.SetObjectCharge(object.charge)
    tes3mp.SetObjectEnchantmentCharge(object.enchantmentCharge)
    tes3mp.SetObjectSoul(object.soul)
  end
  tes3mp.SetObjectPosition(at.posX, at.posY, at.posZ)
  tes3mp.SetObjectRotation(at.rotX, at.rotY, at.rotZ)
  tes3mp.AddObject()
end

--- An id of a generated record without a store makes its object invalid, which is only logged.
local function link_record(cell, refId, uniqueIndex, used)
  if not M.IsGeneratedRecord(refId) then
    return true
  end
  local recordType = M.GetRecordTypeByRecordId(refId)
  if RecordStores[recordType] == nil then
    tes3mp.LogMessage(enumerations.log.ERROR, "Attempt at creating object " .. refId .. " of no record")
    return false
  end
  cell:AddLinkToRecord(recordType, refId, uniqueIndex)
  used[recordType] = used[recordType] or {}
  table_helper.insertValueIfMissing(used[recordType], refId)
  return true
end

local function create_one(cell, object, packetType, used)
  local upcoming = "0-" .. WorldInstance:GetCurrentMpNum() + 1
  if not link_record(cell, object.refId, upcoming, used) then
    return nil
  end
  local mpNum, uniqueIndex = next_index()
  record_object(cell, uniqueIndex, object, packetType)
  if next(Players) ~= nil then
    add_to_packet(cell.description, object, mpNum, packetType)
  end
  return uniqueIndex
end

local function send_records(cell, used)
  for _, types in ipairs(config.recordStoreLoadOrder) do
    for _, recordType in ipairs(types) do
      for _, pid in pairs(used[recordType] and cell.visitors or {}) do
        local store = RecordStores[recordType]
        store:LoadGeneratedRecords(pid, store.data.generatedRecords, used[recordType])
      end
    end
  end
end

function M.CreateObjects(cellDescription, objectsToCreate, packetType)
  local created, used = {}, {}
  cells.with(cellDescription, function(cell)
    tes3mp.ClearObjectList()
    for _, object in pairs(objectsToCreate) do
      table.insert(created, create_one(cell, object, packetType, used))
    end
    if next(Players) ~= nil then
      send_records(cell, used)
      tes3mp[packetType == "place" and "SendObjectPlace" or "SendObjectSpawn"](true)
    end
    cell:Save()
  end)
  return created
end

function M.CreateObjectAtLocation(cellDescription, location, object, packetType)
  local wanted = table_helper.shallowCopy(object)
  wanted.location = location
  return M.CreateObjects(cellDescription, { wanted }, packetType)[1]
end

function M.ActivateObjectForPlayer(pid, objectCellDescription, objectUniqueIndex)
  local numbers = objectUniqueIndex:split("-")
  tes3mp.ClearObjectList()
  tes3mp.SetObjectListPid(pid)
  tes3mp.SetObjectListCell(objectCellDescription)
  tes3mp.SetObjectRefNum(numbers[1])
  tes3mp.SetObjectMpNum(numbers[2])
  tes3mp.SetObjectActivatingPid(pid)
  tes3mp.AddObject()
  tes3mp.SendObjectActivate()
end

function M.SetAIForActor(cell, actorUniqueIndex, action, targetPid, targetUniqueIndex, posX, posY, posZ, distance,
  duration, shouldRepeat)
  local ai = dataTableBuilder.BuildAIData(targetPid, targetUniqueIndex, action, posX, posY, posZ, distance, duration,
    shouldRepeat)
  if action ~= enumerations.ai.ACTIVATE then
    cell.data.objectData[actorUniqueIndex].ai = ai
    table_helper.insertValueIfMissing(cell.data.packets.ai, actorUniqueIndex)
    cell:QuicksaveToDrive()
  end
  tes3mp.ClearActorList()
  tes3mp.SetActorListPid(cell.authority)
  tes3mp.SetActorListCell(cell.description)
  packetBuilder.AddAIActor(actorUniqueIndex, targetPid, ai)
  tes3mp.SendActorAI(true, false)
end

function M.SendConfigCollisionOverrides(pid, forEveryone)
  tes3mp.ClearEnforcedCollisionRefIds()
  for _, refId in pairs(config.enforcedCollisionRefIds) do
    tes3mp.AddEnforcedCollisionRefId(refId)
  end
  tes3mp.SendWorldCollisionOverride(pid, forEveryone)
end

--- A cell that is not loaded is loaded for the duration of the reset.
function M.ResetCell(pid, cellDescription)
  tes3mp.SendMessage(pid, "Resetting cell " .. cellDescription .. "\n")
  cells.with(cellDescription, function(cell)
    cell.isResetting = true
    cell.data.objectData, cell.data.packets = {}, {}
    cell:EnsurePacketTables()
    cell.data.loadState = { hasFullActorList = false, hasFullContainerData = false }
    cell:ClearRecordLinks()
  end)
  tes3mp.ClearCellsToReset()
  tes3mp.AddCellToReset(cellDescription)
  tes3mp.SendCellReset(pid, true)
end

return M
