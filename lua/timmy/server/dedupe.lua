--- The memory of results: a command that comes again is answered, not done again.
--
-- An answer is kept for its caller and id, `remember_s` at least. A caller is a token and a client's name under it (see
-- `M.caller`): a name alone would let one token's client read or pre-empt another's results. When the memory is full of
-- answers younger than that (by number or by bytes), there is no room for a new one: the caller is told `overloaded`
-- rather than one forgotten early.
-- The last of the room is not for a caller that holds the most of it, and the very last not for such a token: one that
-- runs wild, under ever new names even, would stop all others for minutes.
--
-- It is kept in pages, each forgotten as a whole: one table of 100,000 answers stops the game for 25 ms whenever it
-- grows or is swept of old ones, 64 pages of them for 2 ms at worst (measured).
local Memory = {}
Memory.__index = Memory

local M = {}

local PAGES = 64
--- What part of the room anybody may fill, up to where one token's callers may, and what part of it one caller or token
-- may hold when the rest is needed.
local FOR_ANYBODY, FOR_A_TOKEN, FOR_ONE = 7 / 8, 15 / 16, 1 / 2

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

-- Neither a token's name nor a client's has such a byte in it, so no two pairs share a key.
local function key_of(caller, id)
  return caller .. "\0" .. id
end

--- Who gives a command: a token's number and scopes, and the client's name.
function M.caller(token, client)
  return token .. "\0" .. client
end

local function token_of(caller)
  return caller:match("^[^%z]*%z") or caller
end

--- Adds to what a caller or token holds.
local function add(held, holder, count, bytes)
  local own = held[holder] or { count = 0, bytes = 0 }
  own.count, own.bytes = own.count + count, own.bytes + bytes
  held[holder] = own.count > 0 and own or nil
end

local function forget_old(self, now)
  local oldest = self.pages[1]
  while oldest and oldest.newest + self.remember_s <= now do
    self.count, self.bytes = self.count - oldest.count, self.bytes - oldest.bytes
    for holder, own in pairs(oldest.held) do add(self.held, holder, -own.count, -own.bytes) end
    table.remove(self.pages, 1)
    oldest = self.pages[1]
  end
end

--- The answer that this caller's command had, or nil.
function Memory:recall(caller, id, now)
  forget_old(self, now)
  local key = key_of(caller, id)
  for position = #self.pages, 1, -1 do
    local answer = self.pages[position].answers[key]
    if answer then return answer end
  end
end

local function is_within(self, count, bytes, part)
  return count < math.ceil(self.most_answers * part) and bytes < self.most_bytes * part
end

local function holds_less_than(self, holder, part)
  local own = self.held[holder]
  return not own or is_within(self, own.count, own.bytes, part)
end

--- Whether one more answer to a caller can be kept.
function Memory:has_room(caller, now)
  forget_old(self, now)
  if is_within(self, self.count, self.bytes, FOR_ANYBODY) then return true end
  if not is_within(self, self.count, self.bytes, 1) or not holds_less_than(self, caller, FOR_ONE) then return false end
  return is_within(self, self.count, self.bytes, FOR_A_TOKEN) or holds_less_than(self, token_of(caller), FOR_ONE)
end

local function open_page(self)
  local page = self.pages[#self.pages]
  if page and page.count < self.page_size then return page end
  page = { answers = {}, held = {}, count = 0, bytes = 0 }
  self.pages[#self.pages + 1] = page
  return page
end

--- Keeps an answer; ask `has_room` before the command is done.
function Memory:remember(caller, id, answer, now)
  local page, key = open_page(self), key_of(caller, id)
  local bytes, token = #key + #answer, token_of(caller)
  page.answers[key], page.newest = answer, now
  page.count, page.bytes = page.count + 1, page.bytes + bytes
  self.count, self.bytes = self.count + 1, self.bytes + bytes
  for _, held in ipairs({ page.held, self.held }) do
    add(held, caller, 1, bytes)
    if token ~= caller then add(held, token, 1, bytes) end
  end
end

return M
