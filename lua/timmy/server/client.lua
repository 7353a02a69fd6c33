--- The bridge's state of one connection: the client's name and protocol version, its subscription, the number of pushes
-- sent.
local json = require("timmy.wire.json")
local poll_stats = require("timmy.server.poll_stats")

local Client = {}
Client.__index = Client

local M = {}

function M.new(peer)
  return setmetatable({ peer = peer, protocol = 1, seq = 0, load = poll_stats.new(), pushed = 0, pushed_bytes = 0 },
    Client)
end

--- Pushes a message; its sequence number is assigned when it enters the output buffer.
function Client:push(message)
  message.seq = self.seq + 1
  local text, why = json.encode(message)
  if not text then return nil, why end
  self:push_text(text, true)
  return true
end

--- The same for a message that is text already and contains `seq + 1`. One that is not awaited may wait for others.
function Client:push_text(text, is_awaited)
  if not self.peer:push(text, is_awaited) then return end
  self.seq = self.seq + 1
  self.pushed, self.pushed_bytes = self.pushed + 1, self.pushed_bytes + #text
end

--- The load since the last call; then the statistics start again.
function Client:take_load()
  local load = self.load
  self.load = poll_stats.new()
  return load
end

return M
