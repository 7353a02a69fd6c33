--- Heartbeats: PING at an interval, and two limits on the peer's silence: ours, and the ttl of the peer's own PING.
local byte = string.byte

local Heartbeat = {}
Heartbeat.__index = Heartbeat

local M = {}

local MAX_CONTEXT_BYTES = 16
local TTL_UNITS_PER_SECOND = 10

--- Our PING, without context and ttl: a game server may stop for seconds, so the peer must use a limit of its own.
M.PING_DATA = "\0\0"

function M.new(interval_s, timeout_s, now)
  return setmetatable({ interval = interval_s, timeout = timeout_s, heard = now, due = now + interval_s }, Heartbeat)
end

--- Notes that the peer sent something.
function Heartbeat:hear(now)
  self.heard = now
end

--- Handles a PING's data: the context for the answer, or nil if it is malformed.
function Heartbeat:accept_ping(data)
  if #data < 2 or #data - 2 > MAX_CONTEXT_BYTES then return nil end
  local high, low = byte(data, 1, 2)
  local ttl = (high * 256 + low) / TTL_UNITS_PER_SECOND
  self.ttl = ttl > 0 and ttl or nil
  return data:sub(3)
end

--- Disables our PING and our limit: the peer's version has no PONG.
function Heartbeat:disable()
  self.timeout, self.due = math.huge, math.huge
end

--- Whether a PING is due; a true result schedules the next one.
function Heartbeat:ping_due(now)
  if now < self.due then return false end
  self.due = now + self.interval
  return true
end

--- The limit that the peer's silence exceeds, or nil.
function Heartbeat:fault(now)
  local silence = now - self.heard
  if self.ttl and silence > self.ttl then return "silent past the ttl of its own PING" end
  if silence > self.timeout then return "silent past the heartbeat timeout" end
end

return M
