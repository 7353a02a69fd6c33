--- Time and weather: what a region's authority reported, and the packets to clients.
local READ = { GetWeatherRegion = "region", GetWeatherCurrent = "current", GetWeatherNext = "next",
  GetWeatherQueued = "queued", GetWeatherTransitionFactor = "transition" }

local WRITTEN = { SetWeatherRegion = "region", SetWeatherCurrent = "current", SetWeatherNext = "next",
  SetWeatherQueued = "queued", SetWeatherTransitionFactor = "transition", SetWeatherForceState = "force",
  SetHour = "hour", SetDay = "day", SetMonth = "month", SetYear = "year", SetDaysPassed = "days_passed",
  SetTimeScale = "time_scale", SetAuthorityRegion = "authority_region" }

local SENT = { SendWorldTime = "Time", SendWorldWeather = "Weather", SendWorldKillCount = "Kills" }

local function copy(values)
  local copied = {}
  for key, value in pairs(values) do
    copied[key] = value
  end
  return copied
end

local function reading(server, define)
  local function received()
    server.selected.worldstate = server.received.worldstate
  end
  define("ReadReceivedWorldstate", received)
  define("ReadLastWorldstate", received)
  for name, field in pairs(READ) do
    define(name, function() return server.selected.worldstate[field] end)
  end
end

local function sends(server, define_player)
  for name, kind in pairs(SENT) do
    define_player(name, function(player, to_others, skip)
      local packet = copy(server.writing.worldstate)
      packet.type = kind
      server:send(player.pid, packet, to_others, skip)
    end)
  end
  define_player("SendWorldRegionAuthority", function(player)
    local region = server.writing.worldstate.authority_region
    server:send(player.pid, { type = "RegionAuthority", region = region }, false, false)
  end)
end

--- Kills and map tiles: lists of the one worldstate that is being written, whoever it is sent to.
local function kills(server, define)
  define("ClearKillChanges", function() server.writing.worldstate.kills = {} end)
  define("AddKill", function(refId, number)
    table.insert(server.writing.worldstate.kills, { refId = refId, number = number })
  end)
end

local function map(server, define, define_player)
  define("ClearMapChanges", function() server.writing.worldstate.tiles = {} end)
  define("LoadMapTileImageFile", function(x, y, path)
    table.insert(server.writing.worldstate.tiles, { x = x, y = y, path = path })
  end)
  define_player("SendWorldMap", function(player, to_others, skip)
    server:send(player.pid, { type = "Map", tiles = server.writing.worldstate.tiles }, to_others, skip)
  end)
end

return function(server, define, define_player)
  server.writing.worldstate.kills, server.writing.worldstate.tiles = {}, {}
  kills(server, define)
  map(server, define, define_player)
  reading(server, define)
  for name, field in pairs(WRITTEN) do
    define(name, function(value) server.writing.worldstate[field] = value end)
  end
  sends(server, define_player)
end
