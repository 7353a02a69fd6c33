--- A queue of functions by time: the earliest first, and in order of insertion among equals.
local M = {}
M.__index = M

function M.new()
  return setmetatable({ entries = {} }, M)
end

--- Adds `act` for the time `at`. `owner` is any value; `forget(owner)` removes its entries.
function M:add(at, owner, act)
  local position = #self.entries + 1
  while position > 1 and self.entries[position - 1].at > at do
    position = position - 1
  end
  table.insert(self.entries, position, { at = at, owner = owner, act = act })
end

function M:forget(owner)
  for position = #self.entries, 1, -1 do
    if self.entries[position].owner == owner then
      table.remove(self.entries, position)
    end
  end
end

--- Removes and returns the earliest entry that is due at `now`, or nil.
function M:due(now)
  if self.entries[1] and self.entries[1].at <= now then
    return table.remove(self.entries, 1)
  end
end

return M
