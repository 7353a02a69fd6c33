--- The globals of CoreScripts: their tables and helpers, and the functions that the server calls by name.
local character_events = require("simulator.core.character_events")
local chat_commands = require("simulator.core.chat_commands")
local command_hooks = require("simulator.core.command_hooks")
local drive = require("simulator.core.drive")
local event_handler = require("simulator.core.event_handler")
local event_hooks = require("simulator.core.event_hooks")
local make_config = require("simulator.core.config")
local object_events = require("simulator.core.object_events")
local record_store = require("simulator.core.record_store")
local strings = require("simulator.core.strings")
local table_helper = require("simulator.core.table_helper")
local version = require("simulator.core.version")
local world = require("simulator.core.world")

local M = {}

local GAME_HOURS_A_SECOND = 0.0083 -- at the default time scale of 30
local HOURS_A_DAY = 24

--- Replaces the contents of a global but keeps the table, which scripts may have stored in a local.
function M.publish(name, contents)
  local kept = type(_G[name]) == "table" and _G[name] or {}
  for key in pairs(kept) do
    kept[key] = nil
  end
  for key, value in pairs(contents) do
    kept[key] = value
  end
  _G[name] = setmetatable(kept, getmetatable(contents))
  return kept
end

local HELPERS = { enumerations = "enumerations", color = "color", tableHelper = "table_helper",
  inventoryHelper = "inventory_helper", packetReader = "packet_reader", logicHandler = "logic_handler",
  packetBuilder = "packet_builder", dataTableBuilder = "data_table_builder",
  eventHandler = "event_handler" }

local function publish_tables()
  for name, file in pairs(HELPERS) do
    M.publish(name, require("simulator.core." .. file))
  end
  for _, name in ipairs { "Players", "LoadedCells", "ObjectLoops", "clientDataFiles" } do
    M.publish(name, {})
  end
  M.publish("banList", { playerNames = {}, ipAddresses = {} })
  M.publish("time", strings.time)
  M.publish("config", make_config())
  M.publish("RecordStores", record_store.all())
  M.publish("customEventHooks", event_hooks.new())
  M.publish("customCommandHooks", command_hooks.new())
  customEventHooks.registerValidator("OnPlayerSendMessage", customCommandHooks.validator)
  chat_commands.register(customCommandHooks)
  M.publish("WorldInstance", setmetatable(world.new(), world))
end

local function new_day(hour)
  WorldInstance:IncrementDay()
  tes3mp.LogMessage(enumerations.log.INFO, "The world time day has been incremented")
  return hour - HOURS_A_DAY
end

local function tell_everybody()
  local anybody = table_helper.getAnyValue(Players)
  if anybody then
    WorldInstance:LoadTime(anybody.pid, true)
  end
end

local function advance_hour()
  local before = math.floor(_G.hourCounter)
  local hour = _G.hourCounter + GAME_HOURS_A_SECOND * WorldInstance.frametimeMultiplier
  local new_hour = math.floor(hour) > before
  _G.hourCounter = hour >= HOURS_A_DAY and new_day(hour) or hour
  if new_hour then
    WorldInstance.data.time.hour = _G.hourCounter
    WorldInstance:UpdateFrametimeMultiplier()
    tell_everybody()
  end
end

local function start_clock()
  _G.hourCounter = WorldInstance.data.time.hour
  WorldInstance:UpdateFrametimeMultiplier()
  local timer = tes3mp.CreateTimer("UpdateTime", strings.time.seconds(1))
  _G.UpdateTime = function()
    if config.passTimeWhenEmpty or next(Players) ~= nil then
      advance_hour()
    end
    tes3mp.RestartTimer(timer, strings.time.seconds(1))
  end
  tes3mp.StartTimer(timer)
end

local server_events = {}

function server_events.OnServerInit()
  local status = customEventHooks.triggerValidators("OnServerInit", {})
  if status.validDefaultHandler then
    start_clock()
    tes3mp.SetDataFileEnforcementState(config.enforceDataFiles)
    tes3mp.SetScriptErrorIgnoringState(config.ignoreScriptErrors)
  end
  customEventHooks.triggerHandlers("OnServerInit", status, {})
end

function server_events.OnServerPostInit()
  local status = customEventHooks.triggerValidators("OnServerPostInit", {})
  customEventHooks.triggerHandlers("OnServerPostInit", status, {})
end

function server_events.OnServerExit(state)
  customEventHooks.triggerHandlers("OnServerExit", customEventHooks.makeEventStatus(true, true), { state })
end

function server_events.SaveBanList() drive.save("banlist.json", banList) end

--- Logged for every ignored script error, and when a script error ends the process.
function server_events.OnServerScriptCrash(message)
  tes3mp.LogMessage(enumerations.log.ERROR, "Server crash from script error!")
  server_events.OnServerExit(message)
end

--- Creates the globals, as loading serverCore.lua does. Scripts are loaded after it. core_scripts: "release" or
--- "newest".
function M.install(core_scripts)
  version.choose(core_scripts)
  drive.reset()
  strings.install()
  publish_tables()
  for _, events in ipairs { event_handler, object_events, character_events, server_events } do
    for name, callback in pairs(events) do
      _G[name] = callback
    end
  end
end

return M
