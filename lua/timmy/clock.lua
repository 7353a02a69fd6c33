--- Time that never jumps: seconds as a float, from a start of its own.
local M = {}

local MS_PER_S, NS_PER_S = 1000, 1e9

local function posix_clock()
  local ffi, posix = require("ffi"), require("timmy.posix")
  local time = ffi.new("timmy_time")
  return function()
    posix.C.clock_gettime(posix.CLOCK_MONOTONIC, time)
    return tonumber(time.seconds) + tonumber(time.nanoseconds) / NS_PER_S
  end
end

--- Without FFI the server's own stopwatch has to do: whole milliseconds.
local function server_clock()
  local game = require("timmy.game")
  return function() return game.GetMillisecondsSinceServerStart() / MS_PER_S end
end

local available, clock = pcall(posix_clock)

--- Monotonic seconds.
M.now = available and clock or server_clock()

--- Monotonic whole milliseconds, as they stand in messages.
function M.to_ms(seconds)
  return math.floor(seconds * MS_PER_S)
end

return M
