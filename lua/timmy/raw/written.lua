--- How long the lists are that a batch fills: three functions change an entry of one by its number, and no function
-- tells how many there are.
local functions = require("timmy.raw.functions")
local received = require("timmy.raw.received")

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

--- How many entries there are at each position of a function's arguments, and what they are: by the arguments before.
local counts = {}

function counts.SetContainerItemActionCountByIndex(self, object)
  return { #self.objects, self.objects[object + 1] or 0 }, { "objects", "items of that object" }
end

function counts.SetRecordIdByIndex(self) return { self.records }, { "records of this type" } end
counts.SetRecordEnchantmentIdByIndex = counts.SetRecordIdByIndex

--- Why an entry can't be changed, in the words of the function's precondition, and the position of the argument; nil
-- where it can, and for all other functions.
function Written:judge(name, ...)
  if not counts[name] then return nil end
  local sizes, things = counts[name](self, ...)
  for _, rule in ipairs(functions.find(name).preconditions) do
    local index = rule.kind == "index" and select(rule.position, ...)
    if index and index >= sizes[rule.position] then
      return ("%s (%s is %d, and the batch has added or copied %d %s)"):format(rule.words, rule.argument, index,
        sizes[rule.position], things[rule.position]), rule.position
    end
  end
end

return M
