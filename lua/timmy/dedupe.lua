--- The memory of results: a command that comes again is answered, not done again.
--
-- An answer is kept `remember_s` for its client and id. When the memory is full of answers younger than that, there is
-- no room for a new one: the caller answers `overloaded` rather than forget early.
local Memory = {}
Memory.__index = Memory

local M = {}

function M.new(remember_s, limit)
  return setmetatable({ remember_s = remember_s, limit = limit, answers = {}, order = {}, first = 1, last = 0 }, Memory)
end

-- A client's name has no such byte in it, so no two pairs share a key.
local function key_of(client, id)
  return client .. "\0" .. id
end

local function forget_old(self, now)
  local oldest = self.order[self.first]
  while oldest and oldest.at + self.remember_s <= now do
    self.answers[oldest.key] = nil
    self.order[self.first] = nil
    self.first = self.first + 1
    oldest = self.order[self.first]
  end
end

--- The answer that this client's command had, or nil.
function Memory:recall(client, id, now)
  forget_old(self, now)
  return self.answers[key_of(client, id)]
end

--- Whether one more answer can be kept.
function Memory:has_room(now)
  forget_old(self, now)
  return self.last - self.first + 1 < self.limit
end

--- Keeps an answer; ask `has_room` before the command is done.
function Memory:remember(client, id, answer, now)
  local key = key_of(client, id)
  self.last = self.last + 1
  self.order[self.last] = { key = key, at = now }
  self.answers[key] = answer
end

return M
