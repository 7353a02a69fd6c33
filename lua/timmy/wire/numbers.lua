--- Numbers that can be sent. The server passes on NaN and infinity from clients.
local declarations = require("timmy.wire.declarations")

local M = {}

--- Every JSON host keeps 14 digits; a coordinate or a count that large is invalid anyway.
M.LARGEST = declarations.MAX_INTEGER

--- Whether `value` is a number that can be sent: not NaN, not infinite, not larger than the wire's largest.
function M.is_finite(value)
  return type(value) == "number" and value >= -M.LARGEST and value <= M.LARGEST
end

--- Whether `value` is such a number, whole, and within the given bounds.
function M.is_whole(value, low, high)
  return M.is_finite(value) and value % 1 == 0 and value >= (low or -M.LARGEST) and value <= (high or M.LARGEST)
end

--- `value`, or `fallback` (0) if it can't be sent.
function M.finite(value, fallback)
  if M.is_finite(value) then return value end
  return fallback or 0
end

--- `value` without its fraction, or `fallback` (0) if it can't be sent.
function M.whole(value, fallback)
  return math.floor(M.finite(value, fallback))
end

--- `value` moved between `low` and `high`.
function M.clamp(value, low, high)
  return math.max(low, math.min(high, value))
end

--- An angle of the game in degrees, -180 up to 180. A client may report any number; a large one would exceed the wire's
-- largest number in degrees.
function M.degrees(radians)
  return (math.deg(M.finite(radians)) + 180) % 360 - 180
end

--- An angle of the game (radians, clockwise from north) in degrees, 0 up to 360.
function M.heading(radians)
  return math.deg(M.finite(radians)) % 360
end

return M
