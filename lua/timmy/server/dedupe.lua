--- Remembered results: a repeated command is answered from memory and not run again.
--
-- An answer is remembered for its caller and id, for at least `remember_s`. A caller is a token and a client name under
-- it (see `M.caller`): with the name alone, a client with another token could read or pre-empt results. If the memory
-- is full of younger answers, by number or by bytes, new commands are answered `overloaded`; no answer is forgotten
-- early.
--
-- A caller that holds the most can't use the last part of the memory, and a token that does can't use the very last
-- part: a faulty client, even one that keeps changing its name, would otherwise block all others for minutes.
--
-- The memory consists of pages, and each is dropped as a whole. One table of 100,000 answers stops the game for 25 ms
-- whenever it grows or is swept, 64 pages for 2 ms at worst (measured).
local Memory = {}
Memory.__index = Memory

local M = {}

local PAGES = 64
--- Shares of the memory: the part that every caller may use, the part up to which the callers of one token may, and the
-- part that one caller or token may hold once the rest is needed.
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

-- Neither a token's name nor a client's name contains this byte, so different pairs have different keys.
local function key_of(caller, id)
  return caller .. "\0" .. id
end

--- The caller of a command: the token's number and scopes, and the client's name.
function M.caller(token, client)
  return token .. "\0" .. client
end

local function token_of(caller)
  return caller:match("^[^%z]*%z") or caller
end

--- Adds to the amount that a caller or token holds.
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

--- The remembered answer of this caller's command, or nil.
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

--- Whether there is room for one more answer of a caller.
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

--- Remembers an answer. Check `has_room` before running the command.
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
