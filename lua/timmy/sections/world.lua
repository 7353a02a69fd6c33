--- Date, hour and weather.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local weather = require("timmy.state.weather")

local HOURS = 24

--- The weather of the player's region, once a client has reported it.
local function weather_of(pid)
  local name = guard.GetRegion(pid):lower()
  local regions = corescripts.table_or_none(corescripts.global("WorldInstance").storedRegions)
  local region = corescripts.table_or_none(regions[name])
  local current = weather.NAMES[region.currentWeather]
  if not current then return nil end
  return {
    region = name,
    current = current,
    next = weather.NAMES[region.nextWeather],
    transition = numbers.finite(region.transitionFactor),
  }
end

--- The current hour is a global; the saved one is updated once an hour.
local function hour_of(time)
  local hour = numbers.is_finite(_G.hourCounter) and _G.hourCounter or numbers.finite(time.hour)
  return hour % HOURS
end

return function(pid)
  local time = corescripts.table_or_none(corescripts.data_of(_G.WorldInstance).time)
  return {
    year = numbers.whole(time.year),
    -- An error in older CoreScripts let the month become 0 or 13.
    month = numbers.clamp(numbers.whole(time.month, 1), 1, 12),
    day = numbers.whole(time.day),
    hour = hour_of(time),
    days_passed = numbers.whole(time.daysPassed),
    weather = weather_of(pid),
  }
end
