--- One connected peer: a socket and its ZMTP connection.
local zmtp = require("timmy.wire.zmtp")

local Peer = {}
Peer.__index = Peer

local M = {}

--- A peer for a socket that was just accepted; `number` names it in log lines.
function M.new(socket, number, limits, now)
  socket:settimeout(0)
  socket:setoption("tcp-nodelay", true)
  -- ZMTP 3.0 has no PONG: if such a peer's machine disappears, only TCP keepalive notices it.
  socket:setoption("keepalive", true)
  return setmetatable({
    socket = socket,
    number = number,
    accepted_at = now,
    limits = limits,
    connection = zmtp.server(limits, now),
  }, Peer)
end

--- Whether the peer is a REQ socket: it gets answers only.
function Peer:only_answers()
  return self.connection.socket_type == "REQ"
end

--- Whether the peer sent a wrong token and waits for the refusal.
function Peer:is_being_refused()
  return self.connection.state == "refusing"
end

--- The number of bytes to be written.
function Peer:backlog()
  return self.connection.outbox.size
end

--- Whether the peer's token has this scope (see timmy.wire.permissions).
function Peer:may(scope)
  return self.connection.scopes[scope] == true
end

--- Whether messages can be sent to the peer.
function Peer:is_ready()
  return self.connection.state == "ready"
end

--- Sends a message that is not an answer; `is_awaited`: it must not wait for others.
function Peer:push(text, is_awaited)
  self.is_awaited = self.is_awaited or is_awaited
  return self.connection:send({ text })
end

--- Answers a request, with an empty delimiter if the request had one.
function Peer:answer(text, delimited)
  self.is_awaited = true
  return self.connection:send(delimited and { "", text } or { text })
end

--- Ends the connection; the listener closes the socket in its next poll.
function Peer:close(reason)
  self.connection:fail(reason)
end

--- The same after a short delay, so that the peer can read its last messages.
function Peer:finish(reason, now)
  self.connection:finish(reason, now)
end

--- Reads from the socket, unless enough input waits to be decoded: then the kernel holds the rest, and TCP slows the
-- peer down. Time passes for the connection here, because only a try to read shows that a peer is silent.
function Peer:read(now)
  local connection = self.connection
  -- A peer with a wrong token keeps its place for the whole delay even if it disconnects: otherwise it could guess as
  -- fast as it reconnects.
  if self.ended and connection.state == "refusing" then return connection:tick(now) end
  if self.ended or connection.inbox.size > self.limits.frame_bytes then return end
  local whole, why, part = self.socket:receive(self.limits.read_bytes_per_poll)
  local bytes = whole or part
  if bytes and #bytes > 0 then connection:feed(bytes, now) end
  if why and why ~= "timeout" then self.ended = true end
  connection:tick(now)
end

--- A message's payload, and whether a delimiter came before it. A REQ peer always sends one (RFC 28), a DEALER may. A
-- message of any other form has no payload.
local function unwrap(parts)
  if #parts == 1 then return parts[1], false end
  if #parts == 2 and parts[1] == "" then return parts[2], true end
  return nil, parts[1] == ""
end

--- Passes a message to the service. An empty first message only announces the peer (ZMQ_PROBE_ROUTER).
function Peer:take(parts, hear)
  local is_probe = not self.has_spoken and #parts == 1 and parts[1] == ""
  self.has_spoken = true
  if not is_probe then hear.message(self, unwrap(parts)) end
end

--- Decodes the input, at most `messages_per_poll` frames, while `within_budget()`. Calls `hear.ready(peer)` when the
-- handshake is done, and `hear.message(peer, payload, delimited)` for each message.
function Peer:understand(hear, within_budget)
  for _ = 1, self.limits.messages_per_poll do
    local event = self.connection:next_event()
    if not event then
      if self.ended and self.connection.state ~= "refusing" then self:close("the peer closed the connection") end
      return
    end
    if event.type == "ready" then
      self.token_number = self.connection.token_number
      self.is_awaited = true -- its own READY
      hear.ready(self)
    end
    if event.type == "message" then self:take(event.parts, hear) end
    if not within_budget() then return end
  end
end

--- Whether there is output to be written now: what is awaited, or a push after a pause. A system call costs as much as
-- half a push, so pushes of several polls are written at once.
function Peer:is_due(now)
  if self:backlog() == 0 then return false end
  return self.is_awaited or not self:is_ready() or now >= (self.write_after or now)
end

--- Writes as much output as the kernel takes. Pushes that follow wait until `after`.
function Peer:write(after)
  self.is_awaited, self.write_after = false, after
  local outbox = self.connection.outbox
  while outbox.size > 0 do
    local head, offset = outbox:peek()
    local last, why, partial = self.socket:send(head, offset + 1)
    outbox:wrote((last or partial or offset) - offset)
    if why == "timeout" then return end
    if why then return self:close("the connection broke: " .. why) end
  end
end

--- Whether the peer has ended: closed, or refused with the refusal written.
function Peer:is_over()
  local state = self.connection.state
  return state == "closed" or (state == "closing" and self.connection.outbox.size == 0)
end

return M
