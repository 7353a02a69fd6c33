--- A queue of entries by when they are due, the earliest first: a binary heap.
local Schedule = {}
Schedule.__index = Schedule

local M = {}

local function sink(heap, at)
  local count = #heap
  while true do
    local earliest = 2 * at
    if earliest > count then return end
    if earliest < count and heap[earliest + 1].due < heap[earliest].due then earliest = earliest + 1 end
    if heap[at].due <= heap[earliest].due then return end
    heap[at], heap[earliest] = heap[earliest], heap[at]
    at = earliest
  end
end

--- A queue of these entries, each with a number `due`.
function M.of(entries)
  local heap = {}
  for position, entry in ipairs(entries) do heap[position] = entry end
  for position = math.floor(#heap / 2), 1, -1 do sink(heap, position) end
  return setmetatable({ heap = heap }, Schedule)
end

--- The entry that is due first; nil if there is none.
function Schedule:first()
  return self.heap[1]
end

--- To be called after `due` of the first entry was raised.
function Schedule:put_off()
  sink(self.heap, 1)
end

return M
