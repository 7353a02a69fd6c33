--- CoreScripts' handling of a client's packets about objects. What a client asks for (to use an object, to make a
--- choice in a dialogue) it may do once the server has sent the request back; what it did is saved and sent to all.
local packet_reader = require("simulator.core.packet_reader")

local M = {}

local parts = {}

function parts.ObjectActivate(index)
  if tes3mp.DoesObjectHavePlayerActivating(index) then
    return { activatingPid = tes3mp.GetObjectActivatingPid(index) }
  end
  return { activatingRefId = tes3mp.GetObjectActivatingRefId(index), activatingUniqueIndex =
    tes3mp.GetObjectActivatingRefNum(index) .. "-" .. tes3mp.GetObjectActivatingMpNum(index) }
end

function parts.ObjectHit(index)
  local hit = { success = tes3mp.GetObjectHitSuccess(index), damage = tes3mp.GetObjectHitDamage(index),
    block = tes3mp.GetObjectHitBlock(index), knockdown = tes3mp.GetObjectHitKnockdown(index) }
  if tes3mp.DoesObjectHavePlayerHitting(index) then
    return { hit = hit, hittingPid = tes3mp.GetObjectHittingPid(index) }
  end
  return { hit = hit, hittingRefId = tes3mp.GetObjectHittingRefId(index), hittingUniqueIndex =
    tes3mp.GetObjectHittingRefNum(index) .. "-" .. tes3mp.GetObjectHittingMpNum(index) }
end

function parts.ObjectDialogueChoice(index)
  local kind = tes3mp.GetObjectDialogueChoiceType(index)
  local is_topic = kind == enumerations.dialogueChoice.TOPIC
  return { dialogueChoiceType = kind, dialogueTopic = is_topic and tes3mp.GetObjectDialogueChoiceTopic(index) or nil }
end

function parts.DoorState(index) return { doorState = tes3mp.GetObjectDoorState(index) } end

function parts.ObjectMiscellaneous(index)
  return { goldPool = tes3mp.GetObjectGoldPool(index), lastGoldRestockHour = tes3mp.GetObjectLastGoldRestockHour(index),
    lastGoldRestockDay = tes3mp.GetObjectLastGoldRestockDay(index) }
end

function parts.ObjectDelete() return {} end

--- The objects and players of the received list, each with the fields of its kind of packet. A player's fields are
--- written into its table in `Players`, as the original does.
local function read(kind)
  local packet = packet_reader.GetObjectPacketTables()
  for index = 0, tes3mp.GetObjectListSize() - 1 do
    local uniqueIndex = tes3mp.GetObjectRefNum(index) .. "-" .. tes3mp.GetObjectMpNum(index)
    local is_player = tes3mp.IsObjectPlayer(index)
    local target = is_player and packet.players[tes3mp.GetObjectPid(index)] or packet.objects[uniqueIndex]
    for field, value in pairs(target and parts[kind](index) or {}) do
      target[field] = value
    end
  end
  return packet
end

--- Packets that are sent back to the client that asked, and to no other.
local REQUESTS = { ObjectActivate = true, ObjectDialogueChoice = true }

local function accept(kind, pid, cell, objects)
  if REQUESTS[kind] then
    tes3mp.CopyReceivedObjectListToStore()
    tes3mp["Send" .. kind](false, false)
    return
  end
  LoadedCells[cell]:SaveObjectsByPacketType(kind, objects)
  LoadedCells[cell]:LoadObjectsByPacketType(kind, pid, objects, tableHelper.getArrayFromIndexes(objects), true)
end

local function object_event(kind)
  return function(pid, cell)
    if Players[pid] == nil or not Players[pid]:IsLoggedIn() or LoadedCells[cell] == nil then
      return
    end
    tes3mp.ReadReceivedObjectList()
    local packet = read(kind)
    local arguments = { pid, cell, packet.objects, packet.players }
    local status = customEventHooks.triggerValidators("On" .. kind, arguments)
    if status.validDefaultHandler then
      accept(kind, pid, cell, packet.objects)
    end
    customEventHooks.triggerHandlers("On" .. kind, status, arguments)
  end
end

for kind in pairs(parts) do
  M["On" .. kind] = object_event(kind)
end

return M
