--- The lengths of the lists that a batch fills: three functions change an entry by its number, and no function returns
-- the length.
local functions = require("timmy.raw.functions")
local received = require("timmy.raw.received")

local Written = {}
Written.__index = Written

local M = {}

--- The state of a new batch: nothing filled.
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

--- Each type of record has its own list; functions change the current type's.
function follow.ClearRecords(self) self.records = 0 end
follow.SetRecordType = follow.ClearRecords
follow.CopyReceivedWorldstateToStore, follow.CopyLastWorldstateToStore = follow.ClearRecords, follow.ClearRecords

function follow.AddRecord(self) self.records = self.records + 1 end

--- Updates the state after a call.
function Written:follow(name)
  if follow[name] then follow[name](self) end
end

--- The number of entries in each list that a precondition names, and what the entries are; `object` is the function's
-- first argument.
local lists = {
  objects = { count = function(self) return #self.objects end, things = "objects" },
  items = { count = function(self, object) return self.objects[object + 1] or 0 end, things = "items of that object" },
  records = { count = function(self) return self.records end, things = "records of this type" },
}

--- Why an entry can't be changed, as the function's precondition says it, and the position of the argument; nil if it
-- can, and for functions that change no entry.
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
