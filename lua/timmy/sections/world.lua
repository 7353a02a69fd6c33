--- Date, hour and weather.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local weather = require("timmy.state.weather")

local HOURS = 24

--- The weather of a region, once a client has reported it.
local function weather_of(name)
  local regions = corescripts.table_or_none(corescripts.global("WorldInstance").storedRegions)
  local region = corescripts.table_or_none(regions[name])
  local current = weather.NAMES[region.currentWeather]
  if not current then return nil end
  return json.constant({
    region = name,
    current = current,
    next = weather.NAMES[region.nextWeather],
    transition = numbers.finite(region.transitionFactor),
  })
end

--- The current hour is a global; the saved one is updated once an hour.
local function hour_of(time)
  local hour = numbers.is_finite(_G.hourCounter) and _G.hourCounter or numbers.finite(time.hour)
  return hour % HOURS
end

local function read(region)
  local time = corescripts.table_or_none(corescripts.data_of(_G.WorldInstance).time)
  return {
    year = numbers.whole(time.year),
    -- An error in older CoreScripts let the month become 0 or 13.
    month = numbers.clamp(numbers.whole(time.month, 1), 1, 12),
    day = numbers.whole(time.day),
    hour = hour_of(time),
    days_passed = numbers.whole(time.daysPassed),
    weather = weather_of(region),
  }
end

--- How old a pushed section may be that was read for another player in the region, in seconds.
local KEEPS_S = 0.1
local MOST_REGIONS = 64

--- The last section of each region, and when it was read.
local known, count = {}, 0

return function(pid, options)
  local region, now = guard.GetRegion(pid):lower(), options.now
  local memory = known[region]
  local is_recent = memory and memory.world == _G.WorldInstance and memory.at >= now - KEEPS_S
  if is_recent and not options.fresh then return memory.section end
  if not memory then
    if count >= MOST_REGIONS then known, count = {}, 0 end
    memory, count = {}, count + 1
    known[region] = memory
  end
  memory.at, memory.world, memory.section = now, _G.WorldInstance, read(region)
  return memory.section
end
