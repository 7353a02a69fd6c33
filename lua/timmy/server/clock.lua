--- Monotonic time: seconds as a float, from an arbitrary start.
local M = {}

local MS_PER_S, NS_PER_S = 1000, 1e9
--- The period of the server's stopwatch in milliseconds: it counts in a C++ int, which overflows after 25 days.
local WRAP_MS = 2 ^ 32

local function posix_clock()
  local ffi, posix = require("ffi"), require("timmy.server.posix")
  local time = ffi.new("timmy_time")
  return function()
    posix.C.clock_gettime(posix.CLOCK_MONOTONIC, time)
    return tonumber(time.seconds) + tonumber(time.nanoseconds) / NS_PER_S
  end
end

--- Monotonic seconds from a 32-bit millisecond counter that wraps. If a change of the wall clock sets the counter back,
-- the time stands still for a moment.
function M.from_counter(count_ms)
  local last, elapsed = 0, 0
  return function()
    local count = count_ms()
    local step = (count - last) % WRAP_MS
    last = count
    if step < WRAP_MS / 2 then elapsed = elapsed + step end
    return elapsed / MS_PER_S
  end
end

--- Without FFI: the server's stopwatch, in whole milliseconds.
local function server_clock()
  return M.from_counter(require("timmy.game.guard").GetMillisecondsSinceServerStart)
end

local available, clock = pcall(posix_clock)

--- Monotonic seconds.
M.now = available and clock or server_clock()

--- Game time in seconds, from an arbitrary start. A server's is real time; an embedded world, which can be frozen,
-- replaces this function.
function M.game_now()
  return M.now()
end

--- Monotonic time in milliseconds with three decimals, for the times of a traced command.
function M.to_exact_ms(seconds)
  return math.floor(seconds * MS_PER_S * 1000) / 1000
end

--- Monotonic time in whole milliseconds, the unit of messages.
function M.to_ms(seconds)
  return math.floor(seconds * MS_PER_S)
end

return M
