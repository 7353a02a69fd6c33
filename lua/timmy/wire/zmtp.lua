--- One connection of a listening ZMTP 3.1 ROUTER (RFC 37, 28), without I/O and clock.
--
-- `feed` takes received bytes, `next_event` returns what they mean, `outbox` has the bytes to send; the time (seconds,
-- monotonic) is an argument. No input of a peer raises an error: a violation changes `state` to "closing" (send the
-- rest, then close) or "closed" (close now), and `reason` says why. "farewell" closes after a delay.
--
-- states: greeting -> handshake -> ready -> farewell | refusing -> closing | closed
local command = require("timmy.wire.zmtp.command")
local frames = require("timmy.wire.zmtp.frames")
local greeting = require("timmy.wire.zmtp.greeting")
local handshake = require("timmy.wire.zmtp.handshake")
local heartbeat = require("timmy.wire.zmtp.heartbeat")
local inbox = require("timmy.wire.zmtp.inbox")
local outbox = require("timmy.wire.zmtp.outbox")
local permissions = require("timmy.wire.permissions")

local M = {}

local Connection = {}
Connection.__index = Connection

--- The longest command: a longer one is an attack or another protocol.
local MAX_COMMAND_BYTES = 4096

--- libzmq discards what it received just before a connection ended: its user needs this long, in seconds, to read it.
local FAREWELL_S = 0.5

--- The decoder of each state that accepts input.
local READERS = {}

local READY, HEARTBEAT, STEP = { type = "ready" }, { type = "heartbeat" }, { type = "step" }

--- A new connection: its greeting is already in the outbox. options: mechanism ("NULL" or "PLAIN"), tokens (PLAIN; see
-- timmy.wire.token), handshake_s, refusal_delay_s, frame_bytes, message_parts, pending_bytes, heartbeat_interval_s,
-- heartbeat_timeout_s.
function M.server(options, now)
  local connection = setmetatable({
    options = options,
    state = "greeting",
    inbox = inbox.new(),
    outbox = outbox.new(),
    parts = {},
    expected = handshake.first(options.mechanism),
    scopes = options.mechanism == "NULL" and permissions.EVERYTHING or {},
    fed_at = now,
    handshake_until = now + options.handshake_s,
    heartbeat = heartbeat.new(options.heartbeat_interval_s, options.heartbeat_timeout_s, now),
  }, Connection)
  connection.outbox:push(greeting.encode(options.mechanism))
  return connection
end

--- Adds bytes received from the peer.
function Connection:feed(bytes, now)
  self.heartbeat:hear(now)
  self.fed_at = now
  if READERS[self.state] then self.inbox:push(bytes) end
end

--- Ends the connection at once for a reason of the bridge; unsent output is discarded.
function Connection:fail(reason)
  if self.state ~= "closed" then self.state, self.reason = "closed", self.reason or reason end
end

--- Ends the connection after a short delay, so that the queued output can be read. Nothing more is received or sent.
function Connection:finish(reason, now)
  if self.state ~= "ready" then return self:fail(reason) end
  self.state, self.reason, self.inbox, self.finish_at = "farewell", reason, inbox.new(), now + FAREWELL_S
end

local function refuse(self, reason)
  self.outbox:push(handshake.error(reason))
  self.state, self.reason = "closing", reason
end

local function write(self, bytes)
  self.outbox:push(bytes)
  if self.outbox.size > self.options.pending_bytes then
    self:fail("more than " .. self.options.pending_bytes .. " bytes wait to be written")
  end
end

local function read_greeting(self)
  local start = self.inbox:peek(greeting.SIZE)
  local fault = greeting.fault(start, self.options.mechanism)
  if fault then return self:fail(fault) end
  if #start < greeting.SIZE then return nil end
  self.inbox:take(greeting.SIZE)
  if not greeting.has_heartbeats(start) then self.heartbeat:disable() end
  self.state = "handshake"
  return STEP
end

local function frame_limit(self, frame)
  return frame.command and math.min(MAX_COMMAND_BYTES, self.options.frame_bytes) or self.options.frame_bytes
end

--- The next complete frame; its header is checked before its body has arrived.
local function read_frame(self)
  if not self.frame then
    local frame, fault = frames.take_header(self.inbox)
    if not frame then return fault and self:fail(fault) end
    if frame.size > frame_limit(self, frame) then
      return self:fail("a frame is larger than " .. frame_limit(self, frame) .. " bytes")
    end
    self.frame = frame
  end
  local frame, body = self.frame, self.inbox:take(self.frame.size)
  if not body then return nil end
  self.frame = nil
  return frame, body
end

--- Refuses the peer after a delay. Until then nothing is read, and the peer keeps its place in the handshake.
local function put_off(self, reason)
  self.state, self.reason, self.inbox = "refusing", reason, inbox.new()
  self.refuse_at = self.fed_at + self.options.refusal_delay_s
end

local function advance(self, step)
  if step.late then return put_off(self, step.refuse) end
  if step.refuse then return refuse(self, step.refuse) end
  self.expected, self.scopes = step.next, step.scopes or self.scopes
  self.token_number = step.token_number or self.token_number
  if not step.next then self.state, self.socket_type = "ready", step.socket_type end
  write(self, step.send)
  return step.next and STEP or READY
end

local function read_handshake(self)
  local frame, body = read_frame(self)
  if not frame then return nil end
  if not frame.command then return self:fail("a message before the handshake") end
  local name, data = command.decode(body)
  if not name then return self:fail("a malformed command") end
  if name == "ERROR" then return self:fail("the peer refused the handshake") end
  return advance(self, handshake.step(self.expected, name, data, self.options.tokens))
end

local function on_ping(self, data)
  local context = self.heartbeat:accept_ping(data)
  if not context then return self:fail("a malformed PING") end
  write(self, command.encode("PONG", context))
  return HEARTBEAT
end

--- A command after the handshake; unknown ones are ignored, they are for newer peers.
local function on_command(self, body)
  local name, data = command.decode(body)
  if not name then return self:fail("a malformed command") end
  if name == "PING" then return on_ping(self, data) end
  if name == "ERROR" then return self:fail("the peer reported an error") end
  return HEARTBEAT
end

local function on_part(self, frame, body)
  local parts = self.parts
  parts[#parts + 1] = body
  if #parts > self.options.message_parts then
    return self:fail("a message has more than " .. self.options.message_parts .. " parts")
  end
  if frame.more then return STEP end
  self.parts = {}
  return { type = "message", parts = parts }
end

local function read_traffic(self)
  local frame, body = read_frame(self)
  if not frame then return nil end
  -- libzmq may send a PING between the parts of a message, so commands are accepted everywhere.
  if frame.command then return on_command(self, body) end
  return on_part(self, frame, body)
end

READERS.greeting, READERS.handshake, READERS.ready = read_greeting, read_handshake, read_traffic

--- The next event, or nil if more bytes are needed: { type = "ready" }, { type = "message", parts = {...} }, { type =
-- "heartbeat" }, or { type = "step" } (internal progress). One call handles one frame, so that the caller can limit the
-- work of a turn.
function Connection:next_event()
  local reader = READERS[self.state]
  return reader and reader(self)
end

--- Queues a message; false once the connection has ended.
function Connection:send(parts)
  if self.state ~= "ready" then return false end
  for index = 1, #parts do
    write(self, frames.encode(index < #parts and frames.MORE or 0, parts[index]))
  end
  return self.state == "ready"
end

--- Handles the passing of time: the handshake's time limit, our PING, the limits on silence. Call it only after a try
-- to read: a peer whose bytes wait in the kernel is not silent.
function Connection:tick(now)
  if self.state == "farewell" then return now >= self.finish_at and self:fail() end
  if self.state == "refusing" then return now >= self.refuse_at and refuse(self, self.reason) end
  if self.state ~= "ready" then
    if now >= self.handshake_until then self:fail("the handshake took too long") end
    return
  end
  local fault = self.heartbeat:fault(now)
  if fault then return self:fail(fault) end
  if self.heartbeat:ping_due(now) then write(self, command.encode("PING", heartbeat.PING_DATA)) end
end

return M
