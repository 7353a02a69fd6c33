--- WorldInstance: shared data: time, journal, kills, and the weather of each region.
local drive = require("simulator.core.drive")
local journal = require("simulator.core.journal")
local sharing = require("simulator.core.world_sharing")
local table_helper = require("simulator.core.table_helper")

local M = drive.mixin({})
M.__index = M

for name, method in pairs(sharing) do
  M[name] = method
end

local MONTH_LENGTHS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
local MONTHS = 12
local DEFAULT_TIME_SCALE = 30

function M.new()
  local shared = {}
  for _, name in ipairs { "journal", "factionRanks", "factionExpulsion", "factionReputation", "topics", "kills",
    "mapExplored", "destinationOverrides", "customVariables" } do
    shared[name] = {}
  end
  shared.fame = { bounty = 0, reputation = 0 }
  shared.time = table_helper.shallowCopy(config.defaultTimeTable)
  return { data = shared, file = "world/world.json", storedRegions = {}, frametimeMultiplier = 1,
    defaultTimeScale = DEFAULT_TIME_SCALE, monthLengths = MONTH_LENGTHS,
    coreVariables = { currentMpNum = 0, hasRunStartupScripts = true } }
end

function M:IncrementDay()
  local now = self.data.time
  now.daysPassed = now.daysPassed + 1
  now.day = now.day + 1
  if now.day > MONTH_LENGTHS[now.month] then
    now.day, now.month = 1, now.month + 1
  end
  if now.month > MONTHS then
    now.month, now.year = 1, now.year + 1
  end
end

function M:GetCurrentTimeScale()
  local now = self.data.time
  local night = now.hour >= config.nightStartHour or now.hour <= config.nightEndHour
  return night and now.nightTimeScale or now.dayTimeScale
end

function M:UpdateFrametimeMultiplier()
  self.frametimeMultiplier = self:GetCurrentTimeScale() / DEFAULT_TIME_SCALE
end

function M:LoadTime(pid, forEveryone)
  local now = self.data.time
  tes3mp.SetHour(now.hour)
  tes3mp.SetDay(now.day)
  tes3mp.SetMonth(now.month - 1) -- C++ counts from 0
  tes3mp.SetYear(now.year)
  tes3mp.SetDaysPassed(now.daysPassed)
  tes3mp.SetTimeScale(self:GetCurrentTimeScale())
  tes3mp.SendWorldTime(pid, forEveryone)
end

function M:SaveJournal(packet)
  journal.save(self, packet)
end

function M:LoadJournal(pid)
  journal.load(pid, self)
end

function M:SaveRegionWeather(region)
  local stored = self.storedRegions[region]
  stored.currentWeather = tes3mp.GetWeatherCurrent()
  stored.nextWeather = tes3mp.GetWeatherNext()
  stored.queuedWeather = tes3mp.GetWeatherQueued()
  stored.transitionFactor = tes3mp.GetWeatherTransitionFactor()
end

function M:LoadRegionWeather(region, pid, forEveryone, forceState)
  local stored = self.storedRegions[region]
  if stored.currentWeather == nil then
    return
  end
  tes3mp.SetWeatherRegion(region)
  tes3mp.SetWeatherCurrent(stored.currentWeather)
  tes3mp.SetWeatherNext(stored.nextWeather)
  tes3mp.SetWeatherQueued(stored.queuedWeather)
  tes3mp.SetWeatherTransitionFactor(stored.transitionFactor)
  tes3mp.SetWeatherForceState(forceState)
  tes3mp.SendWorldWeather(pid, forEveryone)
end

function M:SetRegionAuthority(pid, region)
  self.storedRegions[region].authority = pid
  tes3mp.SetAuthorityRegion(region)
  tes3mp.SendWorldRegionAuthority(pid)
end

function M:AddRegionVisitor(pid, region)
  self.storedRegions[region] = self.storedRegions[region] or { visitors = {}, forcedWeatherUpdatePids = {} }
  table_helper.insertValueIfMissing(self.storedRegions[region].visitors, pid)
  if self.storedRegions[region].authority == nil then
    self:SetRegionAuthority(pid, region)
  else
    self:LoadRegionWeather(region, pid, false, true)
  end
end

function M:RemoveRegionVisitor(pid, region)
  local stored = self.storedRegions[region]
  if stored == nil then
    return
  end
  table_helper.removeValue(stored.visitors, pid)
  if stored.authority == pid then
    stored.authority = nil
    if #stored.visitors > 0 then
      self:SetRegionAuthority(stored.visitors[1], region)
    end
  end
end

return M
