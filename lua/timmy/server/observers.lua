--- `observe` requests for players on a trip: each is answered when the player has arrived.
local Observers = {}
Observers.__index = Observers

local M = {}

--- The longest wait in seconds: a client has a timeout of its own. After that the snapshot has the location before the
-- trip.
local PATIENCE_S = 2
--- The most requests that wait at once; further ones are answered immediately, with the location before the trip.
local MOST = 64

function M.new()
  return setmetatable({ waiting = {} }, Observers)
end

--- Queues an `observe` message of `asker` ({ peer =, delimited = }); false if too many wait already.
function Observers:add(asker, message, now)
  if #self.waiting >= MOST then return false end
  self.waiting[#self.waiting + 1] = { asker = asker, message = message, due = now + PATIENCE_S }
  return true
end

--- Removes and returns the requests that can be answered: `is_under_way(player name)` says whether a player is still on
-- a trip.
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
