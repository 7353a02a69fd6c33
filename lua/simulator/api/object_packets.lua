--- Packets about objects for clients: the fields of the entry that is being built, and the packets that send a list.
local SETTERS = {
  SetObjectCount = "count", SetObjectCharge = "charge", SetObjectEnchantmentCharge = "enchantmentCharge",
  SetObjectSoul = "soul", SetObjectGoldValue = "goldValue", SetObjectDroppedByPlayerState = "droppedByPlayer",
  SetObjectLockLevel = "lockLevel", SetObjectDisarmState = "disarmed", SetObjectScale = "scale",
  SetObjectState = "state", SetObjectDoorState = "doorState", SetObjectActivatingPid = "activatingPid",
  SetObjectGoldPool = "goldPool", SetObjectLastGoldRestockHour = "lastGoldRestockHour",
  SetObjectLastGoldRestockDay = "lastGoldRestockDay", SetObjectSummonState = "summoned",
  SetObjectDoorTeleportState = "teleports", SetObjectDoorDestinationCell = "destination",
}

local ITEM_SETTERS = { SetContainerItemRefId = "refId", SetContainerItemCount = "count",
  SetContainerItemCharge = "charge", SetContainerItemEnchantmentCharge = "enchantmentCharge",
  SetContainerItemSoul = "soul" }

local SENT = { "ObjectPlace", "ObjectSpawn", "ObjectDelete", "ObjectLock", "ObjectTrap", "ObjectScale", "ObjectState",
  "DoorState", "ObjectMiscellaneous", "ObjectActivate", "ObjectMove", "ObjectRotate", "ObjectSound",
  "DoorDestination", "ClientScriptLocal", "ObjectDialogueChoice", "ObjectRestock" }

local function entries(server, define)
  for name, field in pairs(SETTERS) do
    define(name, function(value) server.writing.object[field] = value end)
  end
  define("SetObjectPosition", function(x, y, z)
    local object = server.writing.object
    object.x, object.y, object.z = x, y, z
  end)
  define("SetObjectRotation", function(x, y, z)
    local object = server.writing.object
    object.rotX, object.rotY, object.rotZ = x, y, z
  end)
  define("SetObjectSound", function(sound, volume, pitch)
    local object = server.writing.object
    object.sound, object.volume, object.pitch = sound, volume, pitch
  end)
  define("SetObjectDoorDestinationPosition", function(x, y, z)
    server.writing.object.destination_position = { x = x, y = y, z = z }
  end)
  define("SetObjectDoorDestinationRotation", function(x, z)
    server.writing.object.destination_rotation = { x = x, z = z }
  end)
end

local function add_local(server, kind, index, value)
  local object = server.writing.object
  object.locals = object.locals or {}
  table.insert(object.locals, { kind = kind, index = index, value = value })
end

local SHORT, LONG, FLOAT = 0, 1, 2 -- enumerations.variableType

local function script_locals(server, define)
  define("AddClientLocalInteger", function(index, value, kind)
    if kind == SHORT or kind == LONG then
      add_local(server, kind, index, value)
    end
  end)
  define("AddClientLocalFloat", function(index, value) add_local(server, FLOAT, index, value) end)
end

local function items(server, define)
  server.writing.item = {}
  for name, field in pairs(ITEM_SETTERS) do
    define(name, function(value) server.writing.item[field] = value end)
  end
  define("AddContainerItem", function()
    local object = server.writing.object
    object.items = object.items or {}
    table.insert(object.items, server.writing.item)
    server.writing.item = {}
  end)
end

local function sends(server, define)
  for _, kind in ipairs(SENT) do
    define("Send" .. kind, function(to_others, skip)
      local list = server.writing.objects
      server:send(list.pid, { type = kind, cell = list.cell, entries = list.entries }, to_others, skip)
    end)
  end
end

return function(server, define)
  entries(server, define)
  script_locals(server, define)
  items(server, define)
  sends(server, define)
end
