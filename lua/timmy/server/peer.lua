--- One connected peer: a socket and the ZMTP connection that gives its bytes a meaning.
local zmtp = require("timmy.wire.zmtp")

local Peer = {}
Peer.__index = Peer

local M = {}

--- A peer for a socket that was just accepted; `number` names it in log lines.
function M.new(socket, number, limits, now)
  socket:settimeout(0)
  socket:setoption("tcp-nodelay", true)
  -- A peer of ZMTP 3.0 has no PONG: when its machine vanishes, only TCP notices, and only so.
  socket:setoption("keepalive", true)
  return setmetatable({
    socket = socket,
    number = number,
    accepted_at = now,
    limits = limits,
    connection = zmtp.server(limits, now),
  }, Peer)
end

--- Whether it asks and waits (REQ): it gets answers only.
function Peer:only_answers()
  return self.connection.socket_type == "REQ"
end

--- Whether it guessed a token wrong, and waits to be told.
function Peer:is_being_refused()
  return self.connection.state == "refusing"
end

--- Bytes that wait to be written.
function Peer:backlog()
  return self.connection.outbox.size
end

--- Whether its token is good for that (see timmy.scopes).
function Peer:may(scope)
  return self.connection.scopes[scope] == true
end

--- Whether messages can be sent to it.
function Peer:is_ready()
  return self.connection.state == "ready"
end

--- Sends a message of its own accord.
function Peer:push(text)
  return self.connection:send({ text })
end

--- Answers a request: an empty delimiter comes back where one came.
function Peer:answer(text, delimited)
  return self.connection:send(delimited and { "", text } or { text })
end

--- Ends it; the socket is closed when the listener next sweeps.
function Peer:close(reason)
  self.connection:fail(reason)
end

--- The same a moment later, so that it can read what waits.
function Peer:finish(reason, now)
  self.connection:finish(reason, now)
end

--- Reads what has arrived, unless enough of it waits to be understood: then the kernel holds the rest, and TCP tells
-- the peer to wait. Only a try to read says anything about silence, so time passes for the peer here.
function Peer:read(now)
  local connection = self.connection
  -- Who guessed a token keeps its place for the whole delay, also when it left: else it guesses as fast as it leaves.
  if self.ended and connection.state == "refusing" then return connection:tick(now) end
  if self.ended or connection.inbox.size > self.limits.frame_bytes then return end
  local whole, why, part = self.socket:receive(self.limits.read_bytes_per_poll)
  local bytes = whole or part
  if bytes and #bytes > 0 then connection:feed(bytes, now) end
  if why and why ~= "timeout" then self.ended = true end
  connection:tick(now)
end

--- A message as its payload, and whether a delimiter came before it. A REQ peer always sends one (RFC 28); a DEALER
-- may. Anything else has no payload.
local function unwrap(parts)
  if #parts == 1 then return parts[1], false end
  if #parts == 2 and parts[1] == "" then return parts[2], true end
  return nil, parts[1] == ""
end

--- Hands a message on. One that is empty and comes first says only that the peer is there (ZMQ_PROBE_ROUTER).
function Peer:take(parts, hear)
  local is_probe = not self.has_spoken and #parts == 1 and parts[1] == ""
  self.has_spoken = true
  if not is_probe then hear.message(self, unwrap(parts)) end
end

--- Understands what has arrived, at most `messages_per_poll` frames of it, while `within_budget()`; calls
-- `hear.ready(peer)` when the handshake is done, and `hear.message(peer, payload, delimited)` for each message.
function Peer:understand(hear, within_budget)
  for _ = 1, self.limits.messages_per_poll do
    local event = self.connection:next_event()
    if not event then
      if self.ended and self.connection.state ~= "refusing" then self:close("the peer closed the connection") end
      return
    end
    if event.type == "ready" then
      self.token_number = self.connection.token_number
      hear.ready(self)
    end
    if event.type == "message" then self:take(event.parts, hear) end
    if not within_budget() then return end
  end
end

--- Writes what waits, as much as the kernel takes.
function Peer:write()
  local outbox = self.connection.outbox
  while outbox.size > 0 do
    local head, offset = outbox:peek()
    local last, why, partial = self.socket:send(head, offset + 1)
    outbox:wrote((last or partial or offset) - offset)
    if why == "timeout" then return end
    if why then return self:close("the connection broke: " .. why) end
  end
end

--- Whether nothing more will come of it: closed, or refused and told so.
function Peer:is_over()
  local state = self.connection.state
  return state == "closed" or (state == "closing" and self.connection.outbox.size == 0)
end

return M
