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

--- How many entries there are in each list that a precondition names, and what they are; `object` is the function's
-- first argument.
local lists = {
  objects = { count = function(self) return #self.objects end, things = "objects" },
  items = { count = function(self, object) return self.objects[object + 1] or 0 end, things = "items of that object" },
  records = { count = function(self) return self.records end, things = "records of this type" },
}

--- Why an entry can't be changed, in the words of the function's precondition, and the position of the argument; nil
-- where it can, and for functions that change none.
function Written:judge(name, ...)
  for _, rule in ipairs(functions.find(name).preconditions) do
    local list = lists[rule.written]
    local index, count = select(rule.position or 1, ...), list and list.count(self, (...))
    if list and index >= count then
      return ("%s (%s is %d, and the batch has added or copied %d %s)"):format(rule.words, rule.argument, index, count,
        list.things), rule.position
    end
  end
end

return M
