--- One-shot timers that call a global function by its name. A freed timer's number is assigned again but stays dead.
local CONVERT = {
  i = function(value) return type(value) == "number" and math.floor(value) end,
  q = function(value) return type(value) == "number" and math.floor(value) end,
  f = function(value) return type(value) == "number" and value end,
  s = function(value) return type(value) == "string" and value end,
}

local FREED = false

local function not_found(server, id)
  server.report(("Timer %d not found!"):format(id))
end

--- The real server inserts into a copy when a slot was freed: the number is returned, but the timer is lost.
local function create(server, callback, interval, arguments)
  local timers = server.timers
  for id = timers.count - 1, 0, -1 do
    if timers[id] == FREED then
      return id
    end
  end
  local id = timers.count
  timers[id] = { callback = callback, interval = interval, arguments = arguments, ended = true }
  timers.count = id + 1
  return id
end

local function typed_arguments(types, ...)
  local values = {}
  for index = 1, #types do
    local convert = CONVERT[types:sub(index, index)]
    local value = convert and convert((select(index, ...)))
    if not value then
      error("C++ exception") -- catchable, as on the real server
    end
    values[index] = value
  end
  return values
end

--- A timer that was never created is reported.
local function timer_of(server, id)
  local timer = server.timers[id]
  if not timer then
    not_found(server, id)
  end
  return timer
end

local function start(server, timer)
  timer.ended = false
  timer.started = server:clock_of(timer)()
end

local function starting(server, define)
  define("StartTimer", function(id)
    local timer = server.timers[id]
    if timer then
      start(server, timer)
    else
      not_found(server, id)
    end
  end)
  define("RestartTimer", function(id, interval)
    local timer = timer_of(server, id)
    if timer then
      timer.interval = interval
      start(server, timer)
    end
  end)
end

local function ending(server, define)
  define("StopTimer", function(id)
    local timer = timer_of(server, id)
    if timer then
      timer.ended = true
    end
  end)
  define("IsTimerElapsed", function(id)
    local timer = timer_of(server, id)
    return timer and timer.ended or false
  end)
  define("FreeTimer", function(id)
    if server.timers[id] == nil then
      not_found(server, id)
    else
      server.timers[id] = FREED
    end
  end)
end

return function(server, define)
  server.timers = { count = 0 }
  define("CreateTimer", function(callback, interval)
    return create(server, callback, interval, {})
  end)
  define("CreateTimerEx", function(callback, interval, types, ...)
    return create(server, callback, interval, typed_arguments(types, ...))
  end)
  starting(server, define)
  ending(server, define)
end
