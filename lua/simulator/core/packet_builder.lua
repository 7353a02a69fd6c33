--- packetBuilder: adds an entry to the list that is being built, from CoreScripts' data of an object, actor or record.
local record_fields = require("simulator.core.record_fields")

local M = {}

local function begin(uniqueIndex, object)
  local numbers = uniqueIndex:split("-")
  tes3mp.SetObjectRefNum(numbers[1])
  tes3mp.SetObjectMpNum(numbers[2])
  if object.refId ~= nil then
    tes3mp.SetObjectRefId(object.refId)
  end
end

local function locate(location)
  tes3mp.SetObjectPosition(location.posX, location.posY, location.posZ)
  tes3mp.SetObjectRotation(location.rotX, location.rotY, location.rotZ)
end

local objects = {}

function objects.ObjectDelete() end

function objects.ObjectPlace(object)
  tes3mp.SetObjectCount(object.count or 1)
  tes3mp.SetObjectCharge(object.charge or -1)
  tes3mp.SetObjectEnchantmentCharge(object.enchantmentCharge or -1)
  tes3mp.SetObjectSoul(object.soul or "")
  tes3mp.SetObjectGoldValue(object.goldValue or 1)
  tes3mp.SetObjectDroppedByPlayerState(object.droppedByPlayer or false)
  locate(object.location)
end

function objects.ObjectSpawn(object) locate(object.location) end
function objects.ObjectLock(object) tes3mp.SetObjectLockLevel(object.lockLevel) end
function objects.ObjectTrap() tes3mp.SetObjectDisarmState(true) end
function objects.ObjectScale(object) tes3mp.SetObjectScale(object.scale) end
function objects.ObjectState(object) tes3mp.SetObjectState(object.state) end
function objects.DoorState(object) tes3mp.SetObjectDoorState(object.doorState) end

function objects.ObjectMiscellaneous(object)
  tes3mp.SetObjectGoldPool(object.goldPool)
  tes3mp.SetObjectLastGoldRestockHour(object.lastGoldRestockHour)
  tes3mp.SetObjectLastGoldRestockDay(object.lastGoldRestockDay)
end

--- In CoreScripts each of these is an Add... function of its own, including DoorState's.
for kind, fill in pairs(objects) do
  M["Add" .. kind] = function(uniqueIndex, object)
    begin(uniqueIndex, object)
    fill(object)
    tes3mp.AddObject()
  end
end

local function add_local(kind, index, value)
  if kind == enumerations.variableType.FLOAT then
    tes3mp.AddClientLocalFloat(tonumber(index), value)
  else
    tes3mp.AddClientLocalInteger(tonumber(index), value, kind)
  end
end

function M.AddClientScriptLocal(uniqueIndex, object)
  begin(uniqueIndex, object)
  local any = false
  for kind, values in pairs(object.variables) do
    for index, value in pairs(values) do
      add_local(kind, index, value)
      any = true
    end
  end
  if any then
    tes3mp.AddObject()
  end
end

local function ai_target(targetUniqueIndex)
  local numbers = targetUniqueIndex:split("-")
  if numbers[2] ~= nil then
    tes3mp.SetActorAITargetToObject(numbers[1], numbers[2])
  end
end

--- Only one of target, coordinates, distance and duration is sent, as in the original's chain of elseifs.
function M.AddAIActor(actorUniqueIndex, targetPid, ai)
  local numbers = actorUniqueIndex:split("-")
  tes3mp.SetActorRefNum(numbers[1])
  tes3mp.SetActorMpNum(numbers[2])
  tes3mp.SetActorAIAction(ai.action)
  if targetPid ~= nil then
    tes3mp.SetActorAITargetToPlayer(targetPid)
  elseif ai.targetUniqueIndex ~= nil then
    ai_target(ai.targetUniqueIndex)
  elseif ai.posX ~= nil and ai.posY ~= nil and ai.posZ ~= nil then
    tes3mp.SetActorAICoordinates(ai.posX, ai.posY, ai.posZ)
  elseif ai.distance ~= nil then
    tes3mp.SetActorAIDistance(ai.distance)
  elseif ai.duration ~= nil then
    tes3mp.SetActorAIDuration(ai.duration)
  end
  tes3mp.SetActorAIRepetition(ai.shouldRepeat)
  tes3mp.AddActor()
end

local function add_list(record, name)
  local add = record_fields.LISTS[name]
  for _, part in pairs(type(record[name]) == "table" and record[name] or {}) do
    for field, setter in pairs(add.setters) do
      if part[field] ~= nil then
        tes3mp[setter](part[field])
      end
    end
    tes3mp[add.done]()
  end
end

--- Fields that the type does not have are left out, as in the original's separate functions.
function M.AddRecordByType(id, record, storeType)
  local fields = record_fields.TYPES[storeType]
  if fields == nil then
    return
  end
  if storeType == "cell" then tes3mp.SetRecordName(id) else tes3mp.SetRecordId(id) end
  for _, field in ipairs(fields) do
    if record_fields.LISTS[field] then
      add_list(record, field)
    elseif record[field] ~= nil then
      record_fields.set(field, record[field])
    end
  end
  tes3mp.AddRecord()
end

return M
