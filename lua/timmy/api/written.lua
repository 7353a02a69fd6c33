--- How long the lists are that a batch fills: three functions change an entry of one by its number, and no function
-- tells how many there are.
local received = require("timmy.api.received")

local Written = {}
Written.__index = Written

local M = {}

--- What a batch has filled so far: nothing.
function M.new()
  return setmetatable({ objects = {}, items = 0, records = 0 }, Written)
end

local follow = {}

function follow.ClearObjectList(self) self.objects = {} end
follow.InitializeObjectList, follow.InitializeEvent = follow.ClearObjectList, follow.ClearObjectList

function follow.AddContainerItem(self) self.items = self.items + 1 end

function follow.AddObject(self)
  self.objects[#self.objects + 1] = self.items
  self.items = 0
end
follow.AddWorldObject = follow.AddObject

function follow.CopyReceivedObjectListToStore(self) self.objects = received.items_of_objects() end
follow.CopyLastObjectListToStore = follow.CopyReceivedObjectListToStore

--- Records of each type have a list of their own, and it is the current type's that is changed.
function follow.ClearRecords(self) self.records = 0 end
follow.SetRecordType = follow.ClearRecords
follow.CopyReceivedWorldstateToStore, follow.CopyLastWorldstateToStore = follow.ClearRecords, follow.ClearRecords

function follow.AddRecord(self) self.records = self.records + 1 end

--- Follows a call that was made.
function Written:follow(name)
  if follow[name] then follow[name](self) end
end

local judges = {}

function judges.SetContainerItemActionCountByIndex(self, object, item)
  local items = self.objects[object + 1]
  if not items then return "objectIndex: the batch has added or copied " .. #self.objects .. " objects" end
  if item >= items then return "itemIndex: the batch has added or copied " .. items .. " items of that object" end
end

function judges.SetRecordIdByIndex(self, index)
  if index >= self.records then return "index: the batch has added " .. self.records .. " records of this type" end
end
judges.SetRecordEnchantmentIdByIndex = judges.SetRecordIdByIndex

--- Why an entry can't be changed; nil where it can, and for all other functions.
function Written:judge(name, ...)
  if judges[name] then return judges[name](self, ...) end
end

return M
