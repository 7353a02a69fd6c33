--- Objects: the list a client sent (containers, console echoes), and the one being built to be sent.
local lists = require("simulator.api.lists")
local table_helper = require("simulator.core.table_helper")

local FIELDS = { GetObjectRefId = "refId", GetObjectRefNum = "refNum", GetObjectRefNumIndex = "refNum",
  GetObjectMpNum = "mpNum", GetObjectPid = "pid", GetObjectActivatingPid = "activatingPid",
  GetObjectActivatingRefId = "activatingRefId", GetObjectActivatingRefNum = "activatingRefNum",
  GetObjectActivatingMpNum = "activatingMpNum", GetObjectPosX = "x", GetObjectPosY = "y", GetObjectPosZ = "z",
  GetObjectDoorState = "doorState", GetObjectGoldPool = "goldPool",
  GetObjectLastGoldRestockHour = "lastGoldRestockHour", GetObjectLastGoldRestockDay = "lastGoldRestockDay",
  GetObjectDialogueChoiceType = "dialogueChoiceType",
  GetObjectDialogueChoiceTopic = "dialogueTopic", GetObjectHitSuccess = "success", GetObjectHitDamage = "damage",
  GetObjectHitBlock = "block", GetObjectHitKnockdown = "knockdown", GetObjectHittingPid = "hittingPid",
  GetObjectHittingRefId = "hittingRefId", GetObjectHittingRefNum = "hittingRefNum",
  GetObjectHittingMpNum = "hittingMpNum" }

local ITEM_FIELDS = { RefId = "refId", Count = "count", Charge = "charge",
  EnchantmentCharge = "enchantmentCharge", Soul = "soul", ActionCount = "actionCount" }

local LIST_FIELDS = { GetObjectListAction = "action", GetEventAction = "action", GetObjectListOrigin = "origin",
  GetObjectListContainerSubAction = "sub_action", GetEventContainerSubAction = "sub_action",
  GetObjectListConsoleCommand = "command", GetObjectListClientScript = "script" }

local SETTERS = { SetObjectListPid = "pid", SetObjectListCell = "cell", SetEventCell = "cell",
  SetObjectListAction = "action", SetEventAction = "action", SetObjectListConsoleCommand = "command",
  SetEventConsoleCommand = "command", SetObjectListContainerSubAction = "sub_action" }

local function read_whole_list(server, define)
  local function received()
    server.selected.objects = server.received.objects
  end
  define("ReadReceivedObjectList", received)
  define("ReadLastObjectList", received)
  define("ReadLastEvent", received)
  for _, name in ipairs { "GetObjectListSize", "GetObjectChangesSize" } do
    define(name, function()
      local selected = server.selected.objects
      return selected.claimed or #selected.entries
    end)
  end
  for name, field in pairs(LIST_FIELDS) do
    define(name, function() return server.selected.objects[field] end)
  end
end

local function read_entries(server, define)
  lists.fields(server, define, "objects", FIELDS)
  define("DoesObjectHavePlayerActivating", function(index)
    return lists.entry(server, "objects", index).activatingPid ~= nil
  end)
  define("DoesObjectHavePlayerHitting", function(index)
    return lists.entry(server, "objects", index).hittingPid ~= nil
  end)
  define("IsObjectPlayer", function(index)
    return lists.entry(server, "objects", index).pid ~= nil
  end)
  define("GetContainerChangesSize", function(index)
    local items = lists.entry(server, "objects", index).items
    return items and #items or server.GARBAGE
  end)
  for part, field in pairs(ITEM_FIELDS) do
    define("GetContainerItem" .. part, function(index, item)
      return lists.entry(server, "objects", index).items[item + 1][field]
    end)
  end
end

local function clear(server)
  local pid = server.writing.objects.pid
  local kept = server.writing.objects -- as on the real server: action, sub-action and command survive a Clear
  server.writing.objects = server.empty_list()
  server.writing.objects.pid = pid
  for _, field in ipairs { "action", "sub_action", "command" } do
    server.writing.objects[field] = kept[field]
  end
  server.writing.object = {}
end

local function write_list(server, define)
  define("ClearObjectList", function() clear(server) end)
  for _, name in ipairs { "InitializeObjectList", "InitializeEvent" } do
    define(name, function(pid)
      clear(server)
      server.writing.objects.pid = pid
    end)
  end
  for name, field in pairs(SETTERS) do
    define(name, function(value) server.writing.objects[field] = value end)
  end
  for _, name in ipairs { "CopyReceivedObjectListToStore", "CopyLastObjectListToStore" } do
    define(name, function()
      server.writing.objects = table_helper.deepCopy(server.selected.objects)
    end)
  end
end

--- The value of a field that no script has set.
local DEFAULTS = { refId = "", refNum = 0, mpNum = 0, x = 0, y = 0, z = 0, rotX = 0, rotY = 0, rotZ = 0 }

local function with_defaults(object)
  for field, value in pairs(DEFAULTS) do
    if object[field] == nil then
      object[field] = value
    end
  end
  return object
end

local function write_entries(server, define)
  local setters = { SetObjectRefId = "refId", SetObjectRefNum = "refNum", SetObjectRefNumIndex = "refNum",
    SetObjectMpNum = "mpNum", SetPlayerAsObject = "pid" }
  for name, field in pairs(setters) do
    define(name, function(value) server.writing.object[field] = value end)
  end
  for _, name in ipairs { "AddObject", "AddWorldObject" } do
    define(name, function()
      table.insert(server.writing.objects.entries, with_defaults(server.writing.object))
      server.writing.object = {}
    end)
  end
  define("SetContainerItemActionCountByIndex", function(index, item, count)
    server.writing.objects.entries[index + 1].items[item + 1].actionCount = count
  end)
end

local function sends(server, define)
  for name, kind in pairs { SendContainer = "Container", SendConsoleCommand = "Console" } do
    define(name, function(to_others, skip)
      local list = server.writing.objects
      server:send(list.pid, { type = kind, cell = list.cell, action = list.action, command = list.command,
        entries = list.entries }, to_others, skip)
    end)
  end
end

return function(server, define)
  server.writing.object = {}
  read_whole_list(server, define)
  read_entries(server, define)
  write_list(server, define)
  write_entries(server, define)
  sends(server, define)
end
