--- Who asked for a snapshot of a player that is under way: it is answered when the player has arrived.
local Observers = {}
Observers.__index = Observers

local M = {}

--- How long that is waited for, in seconds: a client that asks has its own patience. After it the snapshot tells where
-- the player stood before.
local PATIENCE_S = 2
--- How many wait at once: more are answered with the place before at once.
local MOST = 64

function M.new()
  return setmetatable({ waiting = {} }, Observers)
end

--- Has an `observe` message of `asker` ({ peer =, delimited = }) wait; false when too many do.
function Observers:add(asker, message, now)
  if #self.waiting >= MOST then return false end
  self.waiting[#self.waiting + 1] = { asker = asker, message = message, due = now + PATIENCE_S }
  return true
end

--- Takes out those that can be answered: `is_under_way(player name)` tells who is still on the way.
function Observers:take_due(is_under_way, now)
  local due, rest = {}, {}
  for _, entry in ipairs(self.waiting) do
    local waits = entry.asker.peer:is_ready() and now < entry.due and is_under_way(entry.message.player)
    table.insert(waits and rest or due, entry)
  end
  self.waiting = rest
  return due
end

return M
