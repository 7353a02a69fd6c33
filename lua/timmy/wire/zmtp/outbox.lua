--- Bytes to be written.
local Outbox = {}
Outbox.__index = Outbox

local M = {}

function M.new()
  return setmetatable({ size = 0, head = "", offset = 0, pieces = {}, count = 0 }, Outbox)
end

function Outbox:push(bytes)
  self.count = self.count + 1
  self.pieces[self.count] = bytes
  self.size = self.size + #bytes
end

--- The bytes to write next, and how many of them are written already. All waiting output is joined into one string only
-- when the previous one is written: a slow reader never causes repeated copying of its backlog.
function Outbox:peek()
  if self.offset == #self.head and self.count > 0 then
    self.head = self.count == 1 and self.pieces[1] or table.concat(self.pieces, "", 1, self.count)
    self.pieces, self.count, self.offset = {}, 0, 0
  end
  return self.head, self.offset
end

--- Records that `count` more bytes from `peek` are written.
function Outbox:wrote(count)
  self.offset, self.size = self.offset + count, self.size - count
end

return M
