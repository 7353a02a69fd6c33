--- CoreScripts' handling of a client's request to use an object: the client may use it once the server has sent the
--- request back.
local packet_reader = require("simulator.core.packet_reader")

local M = {}

local function activated(index)
  if tes3mp.DoesObjectHavePlayerActivating(index) then
    return { activatingPid = tes3mp.GetObjectActivatingPid(index) }
  end
  return { activatingRefId = tes3mp.GetObjectActivatingRefId(index), activatingUniqueIndex =
    tes3mp.GetObjectActivatingRefNum(index) .. "-" .. tes3mp.GetObjectActivatingMpNum(index) }
end

--- The used objects and players, each with its user.
local function read()
  local packet = packet_reader.GetObjectPacketTables()
  for index = 0, tes3mp.GetObjectListSize() - 1 do
    local uniqueIndex = tes3mp.GetObjectRefNum(index) .. "-" .. tes3mp.GetObjectMpNum(index)
    for field, value in pairs(packet.objects[uniqueIndex] and activated(index) or {}) do
      packet.objects[uniqueIndex][field] = value
    end
  end
  return packet
end

function M.OnObjectActivate(pid, cell)
  if Players[pid] == nil or not Players[pid]:IsLoggedIn() or LoadedCells[cell] == nil then
    return
  end
  tes3mp.ReadReceivedObjectList()
  local packet = read()
  local arguments = { pid, cell, packet.objects, packet.players }
  local status = customEventHooks.triggerValidators("OnObjectActivate", arguments)
  if status.validDefaultHandler then
    tes3mp.CopyReceivedObjectListToStore()
    tes3mp.SendObjectActivate(false, false)
  end
  customEventHooks.triggerHandlers("OnObjectActivate", status, arguments)
end

return M
