--- Milliseconds of a monotonic clock, with fractions, from an arbitrary start.
local ffi = require("ffi")

local CLOCK_MONOTONIC = ffi.os == "Linux" and 1 or 6 -- 6 is macOS's number
local MS_PER_S = 1000
local NS_PER_MS = 1000000

--- Declared under our own name: the first declaration of a C name counts for the whole process, and scripts may declare
--- it too.
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } embedded_timespec;
int embedded_clock_gettime(int clock, embedded_timespec *time) asm("clock_gettime");
]]

local M = {}

local reading = ffi.new("embedded_timespec")

function M.monotonic_ms()
  ffi.C.embedded_clock_gettime(CLOCK_MONOTONIC, reading)
  return tonumber(reading.seconds) * MS_PER_S + tonumber(reading.nanoseconds) / NS_PER_MS
end

return M
