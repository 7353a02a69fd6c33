--- Statistics of the server's loop: means and worst cases since the last report, in ms.
local Load = {}
Load.__index = Load

local M = {}

local MS_PER_S = 1000

function M.new()
  return setmetatable({ polls = 0, deferred = 0, tick = 0, tick_max = 0, poll = 0, poll_max = 0 }, Load)
end

--- Records one poll: seconds since the start of the poll before it, seconds it took, and whether it used up its budget.
function Load:add(tick, poll, deferred)
  if deferred then self.deferred = self.deferred + 1 end
  self.polls = self.polls + 1
  self.tick, self.poll = self.tick + tick, self.poll + poll
  if tick > self.tick_max then self.tick_max = tick end
  if poll > self.poll_max then self.poll_max = poll end
end

--- The statistics as `pong` carries them; `budget_ms` is a poll's time budget.
function Load:summary(peers, budget_ms)
  local polls = math.max(self.polls, 1)
  return {
    tick_ms = self.tick / polls * MS_PER_S,
    tick_max_ms = self.tick_max * MS_PER_S,
    poll_ms = self.poll / polls * MS_PER_S,
    poll_max_ms = self.poll_max * MS_PER_S,
    budget_ms = budget_ms,
    polls = self.polls,
    deferred = self.deferred,
    peers = peers,
  }
end

return M
