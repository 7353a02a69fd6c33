--- The memory of results: a command that comes again is answered, not done again.
--
-- An answer is kept for its client and id, `remember_s` at least. When the memory is full of answers younger than that
-- (by number or by bytes), there is no room for a new one: the caller answers `overloaded` rather than forget early.
--
-- It is kept in pages, each forgotten as a whole: one table of 100,000 answers stops the game for 25 ms whenever it
-- grows or is swept of old ones, 64 pages of them for 2 ms at worst (measured).
local Memory = {}
Memory.__index = Memory

local M = {}

local PAGES = 64

function M.new(remember_s, most_answers, most_bytes)
  return setmetatable({
    remember_s = remember_s,
    most_answers = most_answers,
    most_bytes = most_bytes,
    page_size = math.ceil(most_answers / PAGES),
    pages = {},
    count = 0,
    bytes = 0,
  }, Memory)
end

-- A client's name has no such byte in it, so no two pairs share a key.
local function key_of(client, id)
  return client .. "\0" .. id
end

local function forget_old(self, now)
  local oldest = self.pages[1]
  while oldest and oldest.newest + self.remember_s <= now do
    self.count, self.bytes = self.count - oldest.count, self.bytes - oldest.bytes
    table.remove(self.pages, 1)
    oldest = self.pages[1]
  end
end

--- The answer that this client's command had, or nil.
function Memory:recall(client, id, now)
  forget_old(self, now)
  local key = key_of(client, id)
  for position = #self.pages, 1, -1 do
    local answer = self.pages[position].answers[key]
    if answer then return answer end
  end
end

--- Whether one more answer can be kept.
function Memory:has_room(now)
  forget_old(self, now)
  return self.count < self.most_answers and self.bytes < self.most_bytes
end

local function open_page(self)
  local page = self.pages[#self.pages]
  if page and page.count < self.page_size then return page end
  page = { answers = {}, count = 0, bytes = 0 }
  self.pages[#self.pages + 1] = page
  return page
end

--- Keeps an answer; ask `has_room` before the command is done.
function Memory:remember(client, id, answer, now)
  local page, key = open_page(self), key_of(client, id)
  local bytes = #key + #answer
  page.answers[key], page.newest = answer, now
  page.count, page.bytes = page.count + 1, page.bytes + bytes
  self.count, self.bytes = self.count + 1, self.bytes + bytes
end

return M
