--- The shared world: weather, time, script variables, door destinations, cells, collision.
local cells = require("timmy.state.cells")
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local players = require("timmy.state.players")
local saved = require("timmy.game.saved")
local things = require("timmy.state.things")

local M = {}

local NONE_QUEUED = -1

--- The named region, and CoreScripts' data of it: weather exists only where a player is.
local function region_of(pid, requested)
  local name = (requested or guard.GetRegion(pid)):lower()
  if name == "" then
    local message = "the server knows no region at the player's location (for example an interior): name one"
    return errors.refuse("no_such_place", message, "region")
  end
  local stored = corescripts.table_or_none(_G.WorldInstance.storedRegions)[name]
  if type(stored) ~= "table" or stored.authority == nil then
    local message = "no player is in the region " .. name .. ", so no client controls its weather"
    return errors.refuse("no_such_place", message, "region")
  end
  return name, stored
end

function M.set_weather(pid, values)
  local name, stored = region_of(pid, values.region)
  if not name then return nil, stored end
  local number = _G.enumerations.weather[values.weather:upper()]
  stored.currentWeather, stored.nextWeather = number, number
  stored.queuedWeather, stored.transitionFactor = NONE_QUEUED, 0
  _G.WorldInstance:LoadRegionWeather(name, pid, true, true)
  return { region = name, weather = values.weather }
end

local KEPT_AS = { hour = "hour", day = "day", month = "month", year = "year", days_passed = "daysPassed",
  day_time_scale = "dayTimeScale", night_time_scale = "nightTimeScale" }

local function days_of(month)
  local lengths = _G.WorldInstance.monthLengths
  return type(lengths) == "table" and numbers.is_whole(lengths[month], 28, 31) and lengths[month] or 30
end

local NO_DATE = "the saved time is damaged; nothing was changed"

--- Whether CoreScripts can continue from a saved time and send it to clients.
local function is_date(now)
  for _, kept in pairs(KEPT_AS) do
    if not numbers.is_finite(now[kept]) then return false end
  end
  return true
end

local function wrong_time(values, now)
  local any = false
  for name in pairs(KEPT_AS) do any = any or values[name] ~= nil end
  if not any then return errors.new("bad_arguments", "give an hour, a day, a month, a year or a time scale", "hour") end
  local month, day = values.month or numbers.whole(now.month, 1), values.day or numbers.whole(now.day, 1)
  if day <= days_of(month) then return nil end
  return errors.new("bad_arguments", ("month %d has %d days"):format(month, days_of(month)), "day")
end

function M.set_time(pid, values)
  local world = _G.WorldInstance
  local now, damaged = saved.table_of(world, "time")
  if not now or not is_date(now) then return nil, damaged or errors.new("game_refused", NO_DATE) end
  local wrong = wrong_time(values, now)
  if wrong then return nil, wrong end
  for name, kept in pairs(KEPT_AS) do
    if values[name] ~= nil then now[kept] = values[name] end
  end
  if values.hour then _G.hourCounter = values.hour end
  world:UpdateFrametimeMultiplier()
  world:LoadTime(pid, true)
  world:QuicksaveToDrive()
  local answer = {}
  for name, kept in pairs(KEPT_AS) do answer[name] = numbers.finite(now[kept]) end
  return answer
end

local INT = 2147483647
local KINDS = { short = { low = -32768, high = 32767 }, long = { low = -INT, high = INT } }

function M.set_script_global(pid, values)
  local bounds = KINDS[values.kind]
  if bounds and not numbers.is_whole(values.value, bounds.low, bounds.high) then
    local message = ("value: a %s is a whole number between %d and %d"):format(values.kind, bounds.low, bounds.high)
    return errors.refuse("bad_arguments", message, "value")
  end
  local kind = _G.enumerations.variableType[values.kind:upper()]
  guard.ClearClientGlobals()
  if bounds then
    guard.AddClientGlobalInteger(values.name, values.value, kind)
  else
    guard.AddClientGlobalFloat(values.name, values.value)
  end
  local field = bounds and "intValue" or "floatValue"
  _G.WorldInstance:SaveClientScriptGlobal({ [values.name] = { variableType = kind, [field] = values.value } })
  guard.SendClientScriptGlobal(pid, true, false)
  return { name = values.name, value = values.value }
end

function M.override_destination(pid, values)
  local world = _G.WorldInstance
  for _, field in ipairs({ "from_cell", "to_cell" }) do
    if not cells.is_safe(values[field]) then
      return errors.refuse("no_such_cell", "no cell can have the name " .. values[field], field)
    end
  end
  if type(world.data.destinationOverrides) ~= "table" then world.data.destinationOverrides = {} end
  world.data.destinationOverrides[values.from_cell] = values.to_cell
  world:QuicksaveToDrive()
  guard.ClearDestinationOverrides()
  guard.AddDestinationOverride(values.from_cell, values.to_cell)
  guard.SendWorldDestinationOverride(pid, true, false)
  return { from_cell = values.from_cell, to_cell = values.to_cell }
end

--- Clears a global that CoreScripts leave behind after resetting a cell that was not loaded: with it, their next reset
-- would unload a cell that is in use.
function M.reset_cell(pid, values)
  local cell, wrong = things.loaded_cell(values.cell)
  if not cell then return nil, wrong end
  _G.unloadCellAtEnd = nil
  _G.logicHandler.ResetCell(pid, cell.description)
  return { cell = cell.description }
end

--- The kinds of objects with collision, and CoreScripts' setting for players who log in later.
local COLLISION = {
  { name = "players", call = "SetPlayerCollisionState", setting = "enablePlayerCollision" },
  { name = "actors", call = "SetActorCollisionState", setting = "enableActorCollision" },
  { name = "placed_objects", call = "SetPlacedObjectCollisionState", setting = "enablePlacedObjectCollision" },
  { name = "placed_objects_as_actors", call = "UseActorCollisionForPlacedObjects",
    setting = "useActorCollisionForPlacedObjects" },
}

function M.set_collision(pid, values)
  local answer = {}
  for _, what in ipairs(COLLISION) do
    if values[what.name] ~= nil then
      guard[what.call](values[what.name])
      _G.config[what.setting] = values[what.name]
      answer[what.name] = values[what.name]
    end
  end
  if next(answer) == nil then
    return errors.refuse("bad_arguments", "give players, actors or placed_objects", "players")
  end
  _G.logicHandler.SendConfigCollisionOverrides(pid, true)
  return answer
end

function M.server_info()
  local loaded = 0
  for _ in pairs(corescripts.global("LoadedCells")) do loaded = loaded + 1 end
  return {
    version = tostring(guard.GetServerVersion()), protocol = tostring(guard.GetProtocolVersion()),
    system = tostring(guard.GetOperatingSystemType()), port = guard.GetPort(), most_players = guard.GetMaxPlayers(),
    players = #players.online(), uptime_s = numbers.finite(guard.GetMillisecondsSinceServerStart()) / 1000,
    objects_made = guard.GetCurrentMpNum(), cells_loaded = loaded,
    shares_journal = corescripts.setting("shareJournal", true) == true,
  }
end

return M
