--- The lowest items of many, without sorting all of them.
local M = {}

--- Moves the last item of a heap (highest first) up to its position.
local function rise(heap, is_below)
  local at = #heap
  while at > 1 do
    local above = math.floor(at / 2)
    if not is_below(heap[above], heap[at]) then return end
    heap[above], heap[at] = heap[at], heap[above]
    at = above
  end
end

--- Moves the first item of a heap down to its position.
local function sink(heap, is_below)
  local at, count = 1, #heap
  while 2 * at <= count do
    local under = 2 * at
    if under < count and is_below(heap[under], heap[under + 1]) then under = under + 1 end
    if not is_below(heap[at], heap[under]) then return end
    heap[at], heap[under] = heap[under], heap[at]
    at = under
  end
end

--- Adds an item to `heap`, which keeps the `most` lowest items by `is_below(one, other)`.
function M.add(heap, thing, most, is_below)
  if #heap < most then
    heap[#heap + 1] = thing
    return rise(heap, is_below)
  end
  if is_below(thing, heap[1]) then
    heap[1] = thing
    sink(heap, is_below)
  end
end

return M
