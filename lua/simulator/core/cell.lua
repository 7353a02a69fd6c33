--- LoadedCells[cell]: the visitors, the authority, and the recorded data of objects and actors.
local actor_methods = require("simulator.core.cell_actors")
local container_methods = require("simulator.core.cell_containers")
local drive = require("simulator.core.drive")
local link_methods = require("simulator.core.cell_links")
local object_methods = require("simulator.core.cell_objects")
local table_helper = require("simulator.core.table_helper")

local M = drive.mixin({})
M.__index = M

for _, methods in ipairs { actor_methods, container_methods, object_methods, link_methods } do
  for name, method in pairs(methods) do
    M[name] = method
  end
end

local EXTERIOR = "^(%-?%d+), ?(%-?%d+)$"

local function fresh_data(description)
  return {
    entry = { description = description, creationTime = os.time() },
    loadState = { hasFullActorList = false, hasFullContainerData = false },
    lastVisit = {}, objectData = {}, packets = {}, recordLinks = {},
  }
end

--- `pid` gets the message if a new cell's file can't be written.
local function create_entry(new)
  if not drive.save(new.file, new.data) then
    tes3mp.SendMessage(new.pid, "Failed to create JSON file for " .. new.description, true)
  end
end

function M.new(description)
  local x, y = description:match(EXTERIOR)
  local file = "cell/" .. description .. ".json"
  local new = setmetatable({
    description = description, file = file, data = drive.load(file) or fresh_data(description),
    visitors = {}, authority = nil, isExterior = x ~= nil, gridX = tonumber(x), gridY = tonumber(y),
    isRequestingContainerData = false, isRequestingActorList = false, isResetting = false,
    unusableContainerUniqueIndexes = {},
  }, M)
  new:EnsurePacketTables()
  if drive.files[file] == nil then
    create_entry(new)
  end
  return new
end

function M:EnsurePacketTables()
  for _, kind in ipairs(config.cellPacketTypes) do
    self.data.packets[kind] = self.data.packets[kind] or {}
  end
end

function M:GetVisitorCount()
  return table_helper.getCount(self.visitors)
end

function M:GetAuthority()
  return self.authority
end

function M:SetAuthority(pid)
  self.authority = pid
  tes3mp.ClearActorList()
  tes3mp.SetActorListPid(pid)
  tes3mp.SetActorListCell(self.description)
  tes3mp.SendActorAuthority()
end

function M:ContainsObject(uniqueIndex)
  local object = self.data.objectData[uniqueIndex]
  return object ~= nil and object.refId ~= nil
end

function M:InitializeObjectData(uniqueIndex, refId)
  if uniqueIndex ~= nil and refId ~= nil and self.data.objectData[uniqueIndex] == nil then
    self.data.objectData[uniqueIndex] = { refId = refId }
  end
end

--- Asks a client for the contents of the cell's containers: of all, or of some.
function M:RequestContainers(pid, uniqueIndexes)
  self.isRequestingContainerData, self.containerRequestPid = true, pid
  tes3mp.ClearObjectList()
  tes3mp.SetObjectListPid(pid)
  tes3mp.SetObjectListCell(self.description)
  tes3mp.SetObjectListAction(enumerations.container.REQUEST)
  tes3mp.SetObjectListContainerSubAction(enumerations.containerSub.NONE)
  for _, uniqueIndex in ipairs(uniqueIndexes or {}) do
    local numbers = uniqueIndex:split("-")
    tes3mp.SetObjectRefNum(numbers[1])
    tes3mp.SetObjectMpNum(numbers[2])
    tes3mp.AddObject()
  end
  tes3mp.SendContainer()
end

function M:RequestActorList(pid)
  self.isRequestingActorList, self.actorListRequestPid = true, pid
  tes3mp.ClearActorList()
  tes3mp.SetActorListPid(pid)
  tes3mp.SetActorListCell(self.description)
  tes3mp.SetActorListAction(enumerations.container.REQUEST)
  tes3mp.SendActorList()
end

function M:AddVisitor(pid)
  if table_helper.containsValue(self.visitors, pid) then
    return
  end
  table.insert(self.visitors, pid)
  Players[pid]:AddCellLoaded(self.description)
  self:LoadGeneratedRecords(pid)
  local last_visit = self.data.lastVisit[Players[pid].accountName]
  if last_visit == nil or Players[pid].data.timestamps.lastLogin > last_visit then
    self:LoadInitialCellData(pid)
  end
  if not self.data.loadState.hasFullContainerData and not self.isRequestingContainerData then
    self:RequestContainers(pid)
  end
  if not self.data.loadState.hasFullActorList and not self.isRequestingActorList then
    self:RequestActorList(pid)
  end
end

local function forget_request(cell, pid, flag, holder)
  if cell[flag] and cell[holder] == pid then
    cell[flag], cell[holder] = false, nil
  end
end

function M:RemoveVisitor(pid)
  if not table_helper.containsValue(self.visitors, pid) then
    return
  end
  table_helper.removeValue(self.visitors, pid)
  Players[pid]:RemoveCellLoaded(self.description)
  self.data.lastVisit[Players[pid].accountName] = os.time()
  forget_request(self, pid, "isRequestingContainerData", "containerRequestPid")
  forget_request(self, pid, "isRequestingActorList", "actorListRequestPid")
end

return M
