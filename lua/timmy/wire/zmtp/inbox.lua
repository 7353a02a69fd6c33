--- Received bytes that are not decoded yet.
local Inbox = {}
Inbox.__index = Inbox

local M = {}

function M.new()
  return setmetatable({ size = 0, first = 1, last = 0, offset = 0 }, Inbox)
end

--- Adds bytes. A piece is merged with smaller ones before it, so that a peer that sends byte by byte costs n log n
-- copying instead of a table entry for each byte.
function Inbox:push(bytes)
  self.size = self.size + #bytes
  while self.last > self.first and #self[self.last] <= #bytes do
    bytes = self[self.last] .. bytes
    self[self.last], self.last = nil, self.last - 1
  end
  self.last = self.last + 1
  self[self.last] = bytes
end

--- Extends the first piece to at least `count` bytes; the caller has checked that they have arrived.
local function gather(self, count)
  local head = self[self.first]
  if #head - self.offset >= count then return head end
  self[self.first] = head:sub(self.offset + 1)
  local joined = table.concat(self, "", self.first, self.last)
  for index = self.first, self.last do self[index] = nil end
  self.first, self.last, self.offset = 1, 1, 0
  self[1] = joined
  return joined
end

--- The first bytes, at most `count`, without removing them.
function Inbox:peek(count)
  count = math.min(count, self.size)
  if count == 0 then return "" end
  local head = gather(self, count)
  return head:sub(self.offset + 1, self.offset + count)
end

local function drop_first_piece(self)
  self[self.first], self.offset = nil, 0
  if self.first == self.last then
    self.first, self.last = 1, 0
  else
    self.first = self.first + 1
  end
end

--- Removes and returns the first `count` bytes; nil if there are fewer.
function Inbox:take(count)
  if self.size < count then return nil end
  local bytes = self:peek(count)
  if count == 0 then return bytes end
  self.offset, self.size = self.offset + count, self.size - count
  if self.offset == #self[self.first] then drop_first_piece(self) end
  return bytes
end

return M
