--- Owns the sockets: accepts, reads, writes and closes, a bounded amount in each poll, without blocking.
--
-- An error while one peer is handled closes that peer only. Peers take turns in being first, so that a poll that ran
-- out of its budget continues with the peers that it had not reached.
local admission = require("timmy.server.admission")
local peers = require("timmy.server.peer")

local Listener = {}
Listener.__index = Listener

local M = {}

--- Connections accepted in a poll, about 20 us each. A flood of connections must not delay the game's tick, and with a
-- full backlog the kernel makes the next connection wait a second.
local ACCEPTS_PER_POLL = 16
--- Seconds without another try after a failed accept (for example, no file descriptors left). The connection stays in
-- the backlog, and a try in every poll would only fill the log.
local ACCEPT_PAUSE_S = 1
--- The backlog: hundreds of connections that guess tokens must not keep a client out of the queue. The kernel may limit
-- it further (net.core.somaxconn).
local BACKLOG = 1024

local function ignore() end

--- Closes a peer that finished its handshake when the last place was already taken.
local function enter(self, peer)
  local why_not = admission.error(self.peers, self.limits, true)
  if why_not then peer:close(why_not) end
end

--- Starts listening. options: sockets (luasocket's interface), host, port, limits (see timmy.server.config; with
-- mechanism and tokens), on_message(peer, payload | nil, delimited), on_close(peer), log(text), accept_every_s: the
-- shortest time between two looks for new connections while there are peers (default: every poll looks, which costs as
-- much as its other system calls together), push_every_s: the shortest time between two writes of pushes to a peer
-- (default: 0; answers, events and what shows the effect of a command are written at once). Returns nil and the reason
-- if the address can't be used.
function M.open(options)
  local server, why = options.sockets.bind(options.host, options.port, BACKLOG)
  if not server then return nil, why end
  server:settimeout(0)
  local _, port = server:getsockname()
  local listener = setmetatable({
    server = server,
    port = tonumber(port),
    limits = options.limits,
    on_close = options.on_close or ignore,
    log = options.log or ignore,
    peers = {},
    accepted = 0,
    first = 0,
    accept_after = 0,
    accept_every_s = options.accept_every_s or 0,
    push_every_s = options.push_every_s or 0,
  }, Listener)
  listener.hear = { message = options.on_message, ready = function(peer) enter(listener, peer) end }
  return listener
end

local function make_room(self)
  local position = admission.who_makes_room(self.peers, self.limits)
  if not position then return end
  self.peers[position]:close("closed for a newer connection before its handshake was done (limits.max_handshakes)")
  self:drop(position)
end

local function admit(self, socket, now)
  local why_not = admission.error(self.peers, self.limits, false)
  if why_not then
    socket:close()
    return self.log("a peer was refused: " .. why_not)
  end
  make_room(self)
  self.accepted = self.accepted + 1
  self.peers[#self.peers + 1] = peers.new(socket, self.accepted, self.limits, now)
end

local function pause(self, now, why)
  self.accept_after = now + ACCEPT_PAUSE_S
  self.log("a connection could not be accepted: " .. tostring(why))
end

--- Accepts waiting connections, while `within_budget()`, but at least one. Call it after `read`: connected peers come
-- first.
function Listener:accept(now, within_budget)
  if now < self.accept_after then return end
  for _ = 1, ACCEPTS_PER_POLL do
    if not admission.takes_newcomers(self.peers, self.limits, now) then return end
    local socket, why = self.server:accept()
    if not socket and why == "timeout" then
      self.accept_after = #self.peers > 0 and now + self.accept_every_s or 0
      return
    end
    if not socket then return pause(self, now, why) end
    admit(self, socket, now)
    if not within_budget() then return end
  end
end

--- Runs `step` of a peer; an error in it closes that peer only.
local function guarded(self, peer, step, ...)
  local ok, err = xpcall(step, debug.traceback, peer, ...)
  if ok then return end
  self.log("peer " .. peer.number .. ": " .. tostring(err))
  peer:close("an error in handling it")
end

local function serve(peer, now, hear, within_budget)
  peer:read(now)
  peer:understand(hear, within_budget)
end

--- Reads from every peer and handles its messages, while `within_budget()`; the first peer always gets its turn.
function Listener:read(now, within_budget)
  local count, first = #self.peers, self.first
  for turn = 0, count - 1 do
    local position = (first + turn) % count + 1
    guarded(self, self.peers[position], serve, now, self.hear, within_budget)
    self.first = position
    if not within_budget() then return end
  end
end

--- Writes each peer's output, then closes the peers that have ended.
function Listener:write(now)
  for index = #self.peers, 1, -1 do
    local peer = self.peers[index]
    if not peer:is_over() and peer:is_due(now) then guarded(self, peer, peer.write, now + self.push_every_s) end
    if peer:is_over() then self:drop(index) end
  end
end

--- Closes a peer's socket and forgets it.
function Listener:drop(index)
  local peer = table.remove(self.peers, index)
  peer.socket:close()
  self.log("peer " .. peer.number .. " closed: " .. tostring(peer.connection.reason))
  self.on_close(peer)
end

--- Closes everything.
function Listener:close()
  for index = #self.peers, 1, -1 do
    self.peers[index]:close("the listener closes")
    self:drop(index)
  end
  self.server:close()
end

return M
