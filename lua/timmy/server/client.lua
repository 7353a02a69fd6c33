--- What the bridge knows of one connection: who is there, what it wants to be told, how many pushes it got.
local json = require("timmy.wire.json")
local poll_stats = require("timmy.server.poll_stats")

local Session = {}
Session.__index = Session

local M = {}

function M.new(peer)
  return setmetatable({ peer = peer, seq = 0, load = poll_stats.new() }, Session)
end

--- Pushes a message: its number is given here, as it enters the output.
function Session:push(message)
  message.seq = self.seq + 1
  local text, why = json.encode(message)
  if not text then return nil, why end
  self:push_text(text)
  return true
end

--- The same for one that is written already, with `seq + 1` in it.
function Session:push_text(text)
  if self.peer:push(text) then self.seq = self.seq + 1 end
end

--- The load since the last look, and a new page.
function Session:take_load()
  local load = self.load
  self.load = poll_stats.new()
  return load
end

return M
