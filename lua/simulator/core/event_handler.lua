--- CoreScripts' default behaviour for each event, between the validators and the handlers of scripts.
local actor_moves = require("simulator.core.actor_moves")
local cells = require("simulator.core.cells")
local chat_commands = require("simulator.core.chat_commands")
local command_hooks = require("simulator.core.command_hooks")
local menus = require("simulator.core.menus")
local packet_reader = require("simulator.core.packet_reader")
local player = require("simulator.core.player")
local table_helper = require("simulator.core.table_helper")
local version = require("simulator.core.version")

local M = {}

local function logged_in(pid)
  return Players[pid] ~= nil and Players[pid]:IsLoggedIn()
end

--- Runs validators, then the default behaviour unless a validator prevented it, then handlers.
local function hook(event, arguments, default)
  local status = customEventHooks.triggerValidators(event, arguments)
  if status.validDefaultHandler then
    default()
  end
  customEventHooks.triggerHandlers(event, status, arguments)
end

function M.OnPlayerConnect(pid)
  local name = tes3mp.GetName(pid)
  Players[pid] = player.new(pid, name)
  hook("OnPlayerConnect", { pid }, function()
    tes3mp.SendMessage(pid, logicHandler.GetChatName(pid) .. " has joined the server.\n", true)
    tes3mp.SendMessage(pid, ("Welcome %s\nYou have %d seconds to log in.\n"):format(name, config.loginTime), false)
    tes3mp.PasswordDialog(pid, 1, "Enter your password:", "")
  end)
end

local function leave(pid)
  Players[pid]:SaveCell(packet_reader.GetPlayerPacketTables(pid, "PlayerCellChange"))
  Players[pid]:SaveStatsDynamic(packet_reader.GetPlayerPacketTables(pid, "PlayerStatsDynamic"))
  Players[pid]:SaveToDrive()
  for _, cell in pairs(table_helper.shallowCopy(Players[pid].cellsLoaded)) do
    hook("OnCellUnload", { pid, cell }, function() cells.unload_for(pid, cell) end)
  end
  WorldInstance:RemoveRegionVisitor(pid, Players[pid].data.location.regionName)
  if version.forgets_before_handlers then
    Players[pid] = nil
  end
end

function M.OnPlayerDisconnect(pid)
  tes3mp.SendMessage(pid, logicHandler.GetChatName(pid) .. " has left the server.\n", true)
  if logged_in(pid) then
    hook("OnPlayerDisconnect", { pid }, function() leave(pid) end)
  end
  Players[pid] = nil
end

--- The answer to the password box: this world's clients always have the right password.
function M.OnGUIAction(pid, idGui, data)
  if Players[pid] == nil then
    return
  end
  hook("OnGUIAction", { pid, idGui, data }, function()
    if not Players[pid]:IsLoggedIn() then
      Players[pid]:LoadFromDrive()
      if table_helper.containsValue(banList.playerNames, Players[pid].name:lower()) then
        Players[pid]:SaveIpAddress()
        Players[pid]:Message(Players[pid].name .. " is banned from this server.\n")
        return tes3mp.BanAddress(tes3mp.GetIP(pid))
      end
      Players[pid]:FinishLogin()
      Players[pid]:Message("You have successfully logged in.\n" .. config.chatWindowInstructions)
    else
      menus.pressed(pid, idGui, data)
    end
  end)
end

--- The prefix of staff members' messages.
local function rank_of(speaker)
  if speaker:IsServerOwner() then
    return config.rankColors.serverOwner .. "[Owner] "
  elseif speaker:IsAdmin() then
    return config.rankColors.admin .. "[Admin] "
  end
  return speaker:IsModerator() and config.rankColors.moderator .. "[Mod] " or ""
end

--- As CoreScripts 0.8.1: a command is run, anything else is sent to everybody.
function M.OnPlayerSendMessage(pid, message)
  if not logged_in(pid) then
    return
  end
  tes3mp.LogMessage(enumerations.log.INFO, logicHandler.GetChatName(pid) .. ": " .. message)
  hook("OnPlayerSendMessage", { pid, message }, function()
    local words = command_hooks.words(message)
    if words then
      return chat_commands.process(pid, words)
    end
    local said = color.White .. logicHandler.GetChatName(pid) .. ": " .. message .. "\n"
    tes3mp.SendMessage(pid, rank_of(Players[pid]) .. said, true)
  end)
end

local function change_region(pid)
  if not tes3mp.IsChangingRegion(pid) then
    return
  end
  local region = tes3mp.GetRegion(pid):lower()
  local old = Players[pid].data.location.regionName
  if region ~= "" then
    WorldInstance:AddRegionVisitor(pid, region)
  end
  if old ~= region then
    WorldInstance:RemoveRegionVisitor(pid, old)
  end
  Players[pid].data.location.regionName = region
  Players[pid].hasFinishedInitialTeleportation = true
end

function M.OnPlayerCellChange(pid)
  if not logged_in(pid) then
    return
  end
  local packet = packet_reader.GetPlayerPacketTables(pid, "PlayerCellChange")
  local previous = Players[pid].data.location.cell
  hook("OnPlayerCellChange", { pid, packet, previous }, function()
    change_region(pid)
    Players[pid]:SaveCell(packet)
    Players[pid]:SaveStatsDynamic(packet_reader.GetPlayerPacketTables(pid, "PlayerStatsDynamic"))
    Players[pid]:QuicksaveToDrive()
  end)
end

function M.OnPlayerDeath(pid)
  if logged_in(pid) then
    hook("OnPlayerDeath", { pid }, function() Players[pid]:ProcessDeath() end)
  end
end

function M.OnPlayerResurrect(pid)
  customEventHooks.triggerHandlers("OnPlayerResurrect", customEventHooks.makeEventStatus(true, true), { pid })
end

function M.OnDeathTimeExpiration(pid, accountName)
  if logged_in(pid) and Players[pid].accountName == accountName then
    hook("OnDeathTimeExpiration", { pid }, function() Players[pid]:Resurrect() end)
  end
end

function M.OnPlayerInventory(pid)
  if logged_in(pid) then
    local packet = packet_reader.GetPlayerPacketTables(pid, "PlayerInventory")
    hook("OnPlayerInventory", { pid, packet }, function() Players[pid]:SaveInventory(packet) end)
  end
end

function M.OnPlayerJournal(pid)
  if not logged_in(pid) then
    return
  end
  local packet = packet_reader.GetPlayerPacketTables(pid, "PlayerJournal")
  hook("OnPlayerJournal", { pid, packet }, function()
    if config.shareJournal then
      WorldInstance:SaveJournal(packet)
      tes3mp.SendJournalChanges(pid, true, true) -- to the others: the sender has it already
    else
      Players[pid]:SaveJournal(packet)
    end
  end)
end

function M.OnCellLoad(pid, cell)
  if logged_in(pid) then
    hook("OnCellLoad", { pid, cell }, function() cells.load_for(pid, cell) end)
  end
end

function M.OnCellUnload(pid, cell)
  if logged_in(pid) then
    hook("OnCellUnload", { pid, cell }, function() cells.unload_for(pid, cell) end)
  end
end

function M.OnCellDeletion(cell)
  hook("OnCellDeletion", { cell }, function() cells.unload(cell) end)
end

--- The clients get the new counts of kills, and the server asks for what the dead carry.
local function count_kills(pid, cell, actors)
  tes3mp.ClearKillChanges()
  for _, actor in pairs(actors) do
    tes3mp.AddKill(actor.refId, WorldInstance.data.kills[actor.refId] or 0)
  end
  tes3mp.SendWorldKillCount(pid, true)
  LoadedCells[cell]:RequestContainers(pid, table_helper.getArrayFromIndexes(actors))
end

--- `more(pid, cell, actors)`, if there is any, is done after the actors were saved.
local function actor_event(kind, more)
  return function(pid, cell)
    if not logged_in(pid) or LoadedCells[cell] == nil then
      return
    end
    tes3mp.ReadReceivedActorList()
    local actors = packet_reader.GetActorPacketTables(kind).actors
    hook("On" .. kind, { pid, cell, actors }, function()
      LoadedCells[cell]:SaveActorsByPacketType(kind, actors)
      if more then
        more(pid, cell, actors)
      end
    end)
  end
end

M.OnActorList = actor_event("ActorList")
M.OnActorEquipment = actor_event("ActorEquipment")
M.OnActorDeath = actor_event("ActorDeath", count_kills)

function M.OnActorCellChange(pid, cell)
  if logged_in(pid) then
    cells.with(cell, function(from)
      hook("OnActorCellChange", { pid, cell }, function() actor_moves.save(from) end)
    end)
  end
end

local function container_names()
  local objects = {}
  for index = 0, tes3mp.GetObjectListSize() - 1 do
    table.insert(objects, { refId = tes3mp.GetObjectRefId(index),
      uniqueIndex = tes3mp.GetObjectRefNum(index) .. "-" .. tes3mp.GetObjectMpNum(index) })
  end
  return objects
end

function M.OnContainer(pid, cell)
  if logged_in(pid) and LoadedCells[cell] ~= nil then
    tes3mp.ReadReceivedObjectList()
    local objects = container_names()
    hook("OnContainer", { pid, cell, objects }, function() LoadedCells[cell]:SaveContainers(pid) end)
  end
end

--- An unexpected command kicks its player; an expected one is removed from the queue.
local function settle_command(pid, command)
  local queued = Players[pid].consoleCommandsQueued
  local index = table_helper.getIndexByValue(queued, command)
  if index ~= nil then
    queued[index] = nil
  elseif not logicHandler.IsPlayerAllowedConsole(pid) then
    tes3mp.Kick(pid)
  end
end

function M.OnConsoleCommand(pid, cell)
  if not logged_in(pid) then
    return
  end
  tes3mp.ReadReceivedObjectList()
  local packet = packet_reader.GetObjectPacketTables()
  local command = tes3mp.GetObjectListConsoleCommand()
  hook("OnConsoleCommand", { pid, cell, command, packet.objects, packet.players }, function()
    settle_command(pid, command)
  end)
end

function M.OnWorldWeather(pid)
  if not logged_in(pid) then
    return
  end
  hook("OnWorldWeather", { pid }, function()
    tes3mp.ReadReceivedWorldstate()
    local region = tes3mp.GetWeatherRegion():lower()
    if WorldInstance.storedRegions[region] ~= nil then
      WorldInstance:SaveRegionWeather(region)
      WorldInstance:LoadRegionWeather(region, pid, true, false)
    end
  end)
end

return M
