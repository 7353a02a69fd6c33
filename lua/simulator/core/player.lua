--- Players[pid]: a connected player, its save, and its permissions.
local drive = require("simulator.core.drive")
local inventory_helper = require("simulator.core.inventory_helper")
local journal = require("simulator.core.journal")
local loading = require("simulator.core.player_loading")
local player_data = require("simulator.core.player_data")
local settings = require("simulator.core.player_settings")
local strings = require("simulator.core.strings")
local table_helper = require("simulator.core.table_helper")

local M = drive.mixin({})
M.__index = M

for _, methods in ipairs { loading, settings } do
  for name, method in pairs(methods) do
    M[name] = method
  end
end

function M.new(pid, name)
  return setmetatable({
    pid = pid, name = name, accountName = name, file = "player/" .. name .. ".json", hasAccount = true,
    loggedIn = false, data = player_data.new(os.time()), cellsLoaded = {}, consoleCommandsQueued = {},
    previousEquipment = {}, summons = {}, generatedRecordsReceived = {}, hasFinishedInitialTeleportation = false,
  }, M)
end

function M:IsLoggedIn()
  return self.loggedIn
end

function M:HasAccount()
  return self.hasAccount
end

function M:IsServerStaff()
  return self.data.settings.staffRank > 0
end

function M:IsServerOwner()
  return self.data.settings.staffRank == 3
end

function M:IsAdmin()
  return self.data.settings.staffRank >= 2
end

function M:IsModerator()
  return self.data.settings.staffRank >= 1
end

function M:LoadFromDrive()
  self.data = drive.load(self.file) or self.data
end

function M:Message(message)
  tes3mp.SendMessage(self.pid, message, false)
end

local LOADED_AT_LOGIN = { "LoadCharacter", "LoadClass", "LoadLevel", "LoadAttributes", "LoadSkills",
  "LoadStatsDynamic", "LoadInventory", "LoadEquipment", "LoadSpellbook", "LoadShapeshift", "LoadJournal",
  "LoadBounty", "LoadSettings", "LoadCell" }

function M:FinishLogin()
  self.data.timestamps.lastLogin = os.time()
  WorldInstance:LoadTime(self.pid, false)
  for _, method in ipairs(LOADED_AT_LOGIN) do
    self[method](self)
  end
  self.loggedIn = true
  self:SaveIpAddress()
  for _, event in ipairs { "OnPlayerFinishLogin", "OnPlayerAuthentified" } do
    customEventHooks.triggerHandlers(event, customEventHooks.makeEventStatus(true, true), { self.pid })
  end
end

function M:SaveIpAddress()
  local address = tes3mp.GetIP(self.pid)
  if table_helper.containsValue(self.data.ipAddresses, address) then
    return
  end
  table.insert(self.data.ipAddresses, address)
  self:SaveToDrive()
end

function M:LoadJournal()
  journal.load(self.pid, config.shareJournal and WorldInstance or self)
end

function M:SaveJournal(packet)
  journal.save(self, packet)
end

function M:SaveBounty()
  self.data.fame.bounty = tes3mp.GetBounty(self.pid)
  self:QuicksaveToDrive()
end

function M:SaveReputation()
  self.data.fame.reputation = tes3mp.GetReputation(self.pid)
  self:QuicksaveToDrive()
end

function M:Kick()
  self.loggedIn, self.hasAccount = false, nil
  tes3mp.Kick(self.pid)
end

function M:SaveCell(packet)
  for key, value in pairs(packet.location) do
    self.data.location[key] = value
  end
end

function M:SaveStatsDynamic(packet)
  if packet.stats.healthBase > 1 then -- a client sometimes reports 1 while it loads
    for key, value in pairs(packet.stats) do
      self.data.stats[key] = value
    end
  end
end

function M:SaveInventory(packet)
  if packet.action == enumerations.inventory.SET then
    self.data.inventory = {}
  end
  local change = packet.action == enumerations.inventory.REMOVE and inventory_helper.removeClosestItem
    or inventory_helper.addItem
  for _, item in pairs(packet.inventory) do
    change(self.data.inventory, item.refId, item.count, item.charge, item.enchantmentCharge, item.soul)
  end
  self:QuicksaveToDrive()
end

--- The active spells by id, as the packet's action says.
function M:SaveSpellsActive(packet)
  if packet.action == enumerations.spellbook.SET then
    self.data.spellsActive = {}
  end
  for id, instances in pairs(packet.spellsActive) do
    self.data.spellsActive[id] = packet.action ~= enumerations.spellbook.REMOVE and instances or nil
  end
  self:QuicksaveToDrive()
end

function M:AddCellLoaded(cellDescription)
  table_helper.insertValueIfMissing(self.cellsLoaded, cellDescription)
end

function M:RemoveCellLoaded(cellDescription)
  table_helper.removeValue(self.cellsLoaded, cellDescription)
end

function M:SetScale(scale)
  self.data.shapeshift.scale = scale
  tes3mp.SetScale(self.pid, scale)
  tes3mp.SendShapeshift(self.pid)
end

function M:SetWerewolfState(state)
  self.data.shapeshift.isWerewolf = state
  tes3mp.SetWerewolfState(self.pid, state)
  tes3mp.SendShapeshift(self.pid)
end

--- A player may be its own killer.
local function death_reason(pid)
  if tes3mp.DoesPlayerHavePlayerKiller(pid) then
    local killer = tes3mp.GetPlayerKillerPid(pid)
    return killer ~= pid and "was killed by player " .. logicHandler.GetChatName(killer) or "committed suicide"
  end
  local name = tes3mp.GetPlayerKillerName(pid)
  return name ~= "" and "was killed by " .. name or "committed suicide"
end

function M:ProcessDeath()
  local said = logicHandler.GetChatName(self.pid) .. " " .. death_reason(self.pid) .. ".\n"
  tes3mp.SendMessage(self.pid, said, true)
  if config.playersRespawn then
    self.resurrectTimerId = tes3mp.CreateTimerEx("OnDeathTimeExpiration", strings.time.seconds(config.deathTime), "is",
      self.pid, self.accountName)
    tes3mp.StartTimer(self.resurrectTimerId)
  end
end

function M:Resurrect()
  local place = config.defaultRespawn
  tes3mp.SetCell(self.pid, place.cellDescription)
  tes3mp.SendCell(self.pid)
  tes3mp.SetPos(self.pid, unpack(place.position))
  tes3mp.SetRot(self.pid, unpack(place.rotation))
  tes3mp.SendPos(self.pid)
  tes3mp.Resurrect(self.pid, enumerations.resurrect.REGULAR)
  tes3mp.Jail(self.pid, config.deathPenaltyJailDays, true, true, "Recovering", "You've been revived.\n")
  tes3mp.SendMessage(self.pid, "You have been revived.\n", false)
end

return M
