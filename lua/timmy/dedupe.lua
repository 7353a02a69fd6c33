--- The memory of results: a command that comes again is answered, not done again.
--
-- An answer is kept for its client and id, `remember_s` at least. When the memory is full of answers younger than that
-- (by number or by bytes), there is no room for a new one: the caller answers `overloaded` rather than forget early.
-- The last of the room is not for a client that holds the most of it: one that runs wild would stop all others for
-- minutes.
--
-- It is kept in pages, each forgotten as a whole: one table of 100,000 answers stops the game for 25 ms whenever it
-- grows or is swept of old ones, 64 pages of them for 2 ms at worst (measured).
local Memory = {}
Memory.__index = Memory

local M = {}

local PAGES = 64
--- What part of the room anybody may fill, and what part of it one client may hold when the rest is needed.
local FOR_ANYBODY, FOR_ONE = 7 / 8, 1 / 2

function M.new(remember_s, most_answers, most_bytes)
  return setmetatable({
    remember_s = remember_s,
    most_answers = most_answers,
    most_bytes = most_bytes,
    page_size = math.ceil(most_answers / PAGES),
    pages = {},
    held = {},
    count = 0,
    bytes = 0,
  }, Memory)
end

-- A client's name has no such byte in it, so no two pairs share a key.
local function key_of(client, id)
  return client .. "\0" .. id
end

--- Adds to what is held of each client.
local function add(held, client, count, bytes)
  local own = held[client] or { count = 0, bytes = 0 }
  own.count, own.bytes = own.count + count, own.bytes + bytes
  held[client] = own.count > 0 and own or nil
end

local function forget_old(self, now)
  local oldest = self.pages[1]
  while oldest and oldest.newest + self.remember_s <= now do
    self.count, self.bytes = self.count - oldest.count, self.bytes - oldest.bytes
    for client, own in pairs(oldest.held) do add(self.held, client, -own.count, -own.bytes) end
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

local function is_within(self, count, bytes, part)
  return count < math.ceil(self.most_answers * part) and bytes < self.most_bytes * part
end

--- Whether one more answer to a client can be kept.
function Memory:has_room(client, now)
  forget_old(self, now)
  if is_within(self, self.count, self.bytes, FOR_ANYBODY) then return true end
  local own = self.held[client]
  return is_within(self, self.count, self.bytes, 1) and (not own or is_within(self, own.count, own.bytes, FOR_ONE))
end

local function open_page(self)
  local page = self.pages[#self.pages]
  if page and page.count < self.page_size then return page end
  page = { answers = {}, held = {}, count = 0, bytes = 0 }
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
  add(page.held, client, 1, bytes)
  add(self.held, client, 1, bytes)
end

return M
