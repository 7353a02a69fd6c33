--- RecordStores[type]: records created at run time, permanent or generated, the users of generated ones, and how
--- clients receive them.
local drive = require("simulator.core.drive")
local table_helper = require("simulator.core.table_helper")

local M = drive.mixin({})
M.__index = M

function M.new(storeType)
  local file = "recordstore/" .. storeType .. ".json"
  return setmetatable({
    storeType = storeType, file = file,
    data = drive.load(file) or { general = { currentGeneratedNum = 0 }, permanentRecords = {}, generatedRecords = {},
      recordLinks = {}, unlinkedRecordsToCheck = {} },
  }, M)
end

--- All stores of the configuration's load order, by type.
function M.all()
  local stores = {}
  for _, types in ipairs(config.recordStoreLoadOrder) do
    for _, storeType in ipairs(types) do
      stores[storeType] = M.new(storeType)
    end
  end
  return stores
end

function M:GenerateRecordId()
  self.data.general.currentGeneratedNum = self.data.general.currentGeneratedNum + 1
  self:QuicksaveToDrive()
  return config.generatedRecordIdPrefix .. "_" .. self.storeType .. "_" .. self.data.general.currentGeneratedNum
end

local function linked(self, recordId)
  self.data.recordLinks[recordId] = self.data.recordLinks[recordId] or {}
  return self.data.recordLinks[recordId]
end

function M:HasLinks(recordId)
  local links = linked(self, recordId)
  return next(links.cells or {}) ~= nil or next(links.players or {}) ~= nil or next(links.records or {}) ~= nil
end

local function link(self, recordId, kind, holder)
  local links = linked(self, recordId)
  links[kind] = links[kind] or {}
  table_helper.insertValueIfMissing(links[kind], holder)
end

local function unlink(self, recordId, kind, holder)
  local links = linked(self, recordId)
  table_helper.removeValue(links[kind] or {}, holder)
  if not self:HasLinks(recordId) then
    table.insert(self.data.unlinkedRecordsToCheck, recordId)
  end
end

function M:AddLinkToCell(recordId, cell) link(self, recordId, "cells", cell.description) end
function M:RemoveLinkToCell(recordId, cell) unlink(self, recordId, "cells", cell.description) end
function M:AddLinkToPlayer(recordId, player) link(self, recordId, "players", player.accountName) end
function M:RemoveLinkToPlayer(recordId, player) unlink(self, recordId, "players", player.accountName) end

function M:AddLinkToRecord(recordId, otherRecordId, otherStoreType)
  local links = linked(self, recordId)
  links.records = links.records or {}
  links.records[otherStoreType] = links.records[otherStoreType] or {}
  table_helper.insertValueIfMissing(links.records[otherStoreType], otherRecordId)
end

function M:DeleteGeneratedRecord(recordId)
  self.data.generatedRecords[recordId], self.data.recordLinks[recordId] = nil, nil
  self:QuicksaveToDrive()
end

function M:LoadRecords(pid, recordList, idArray, forEveryone)
  tes3mp.ClearRecords()
  tes3mp.SetRecordType(enumerations.recordType[self.storeType:upper()])
  local any = false
  for _, recordId in pairs(idArray) do
    if recordList[recordId] ~= nil then
      packetBuilder.AddRecordByType(recordId, recordList[recordId], self.storeType)
      any = true
    end
  end
  if any then
    tes3mp.SendRecordDynamic(pid, forEveryone, false)
  end
end

--- Sends the generated records that the player has not received yet.
function M:LoadGeneratedRecords(pid, recordList, idArray, forEveryone)
  local received, wanted = Players[pid].generatedRecordsReceived, {}
  for _, recordId in pairs(idArray) do
    if recordList[recordId] ~= nil and not table_helper.containsValue(received, recordId) then
      table.insert(received, recordId)
      table.insert(wanted, recordId)
    end
  end
  self:LoadRecords(pid, recordList, wanted, forEveryone)
end

return M
