--- logicHandler: CoreScripts' shared functions for scripts.
local cells = require("simulator.core.cells")
local creation = require("simulator.core.object_creation")
local drive = require("simulator.core.drive")
local table_helper = require("simulator.core.table_helper")
local version = require("simulator.core.version")

local M = {}

for name, verb in pairs(creation) do
  M[name] = verb
end

function M.GetChatName(pid)
  local player = Players[pid]
  return player and ("%s (%d)"):format(player.name, pid) or ("Unlogged player (%s)"):format(tostring(pid))
end

--- An account whose player is not here: what its file says.
local function offline(name)
  local data = drive.load("player/" .. tostring(name) .. ".json")
  return data and { accountName = name, data = data, IsLoggedIn = function() return false end }
end

function M.GetPlayerByName(name)
  for _, player in pairs(Players) do
    if player.accountName:lower() == tostring(name):lower() then
      return player
    end
  end
  return offline(name)
end

function M.IsPlayerNameLoggedIn(name)
  local player = M.GetPlayerByName(name)
  return player ~= nil and player:IsLoggedIn()
end

--- Sends the asker, if any, the reason.
function M.CheckPlayerValidity(pid, targetPid)
  local target = tonumber(targetPid)
  local is_valid = target ~= nil and Players[target] ~= nil and Players[target]:IsLoggedIn()
  if not is_valid and pid ~= nil then
    local why = target and "That player is not logged in!\n" or "Please specify the player ID.\n"
    tes3mp.SendMessage(pid, why, false)
  end
  return is_valid
end

--- The slots may be strings, as in chat commands.
function M.TeleportToPlayer(pid, originPid, targetPid)
  if not M.CheckPlayerValidity(pid, originPid) or not M.CheckPlayerValidity(pid, targetPid) then
    return
  end
  if tonumber(originPid) == tonumber(targetPid) then
    return tes3mp.SendMessage(pid, "You can't teleport to yourself.\n", false)
  end
  local cell = tes3mp.GetCell(targetPid)
  local x, y, z = tes3mp.GetPosX(targetPid), tes3mp.GetPosY(targetPid), tes3mp.GetPosZ(targetPid)
  tes3mp.SetCell(originPid, cell)
  tes3mp.SendCell(originPid)
  tes3mp.SetPos(originPid, x, y, z)
  tes3mp.SetRot(originPid, tes3mp.GetRotX(targetPid), tes3mp.GetRotZ(targetPid))
  tes3mp.SendPos(originPid)
  local origin, target = Players[tonumber(originPid)], Players[tonumber(targetPid)]
  tes3mp.SendMessage(originPid, ("You have been teleported to %s's location. (%s)\n"):format(target.name, cell), false)
  tes3mp.SendMessage(targetPid, ("Teleporting %s to your location.\n"):format(origin.name), false)
end

function M.IsPlayerAllowedConsole(pid)
  local allowed = Players[pid].data.settings.consoleAllowed
  if allowed == "default" then
    return config.allowConsole
  end
  return allowed
end

function M.IsCellLoaded(cellDescription)
  return LoadedCells[cellDescription] ~= nil
end

function M.GetCellContainingActor(uniqueIndex)
  for _, cell in pairs(LoadedCells) do
    if table_helper.containsValue(cell.data.packets.actorList, uniqueIndex) then
      return cell
    end
  end
  return nil
end

M.LoadCell = cells.load
M.UnloadCell = cells.unload
M.LoadCellForPlayer = cells.load_for
M.UnloadCellForPlayer = cells.unload_for

local function queue_command(pid, command, forEveryone)
  for other, player in pairs(Players) do
    if forEveryone or other == pid then
      table.insert(player.consoleCommandsQueued, command)
    end
  end
end

local function begin_command(pid, command, cellDescription)
  tes3mp.ClearObjectList()
  tes3mp.SetObjectListPid(pid)
  tes3mp.SetObjectListCell(cellDescription)
  tes3mp.SetObjectListConsoleCommand(command)
end

function M.RunConsoleCommandOnPlayer(pid, consoleCommand, forEveryone)
  begin_command(pid, consoleCommand, Players[pid].data.location.cell)
  tes3mp.SetPlayerAsObject(pid)
  tes3mp.AddObject()
  queue_command(pid, consoleCommand, forEveryone)
  tes3mp.SendConsoleCommand(forEveryone)
end

function M.RunConsoleCommandOnObjects(pid, consoleCommand, cellDescription, uniqueIndexes, forEveryone)
  begin_command(pid, consoleCommand, cellDescription)
  for _, uniqueIndex in pairs(uniqueIndexes) do
    local numbers = uniqueIndex:split("-")
    tes3mp.SetObjectRefNum(numbers[1])
    tes3mp.SetObjectMpNum(numbers[2])
    tes3mp.AddObject()
    if forEveryone or version.queues_object_commands then
      queue_command(pid, consoleCommand, forEveryone)
    end
  end
  tes3mp.SendConsoleCommand(forEveryone)
end

function M.RunConsoleCommandOnObject(pid, consoleCommand, cellDescription, uniqueIndex, forEveryone)
  M.RunConsoleCommandOnObjects(pid, consoleCommand, cellDescription, { uniqueIndex }, forEveryone)
end

return M
