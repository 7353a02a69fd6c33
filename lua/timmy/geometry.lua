--- Where one thing lies as seen from another.
local cells = require("timmy.cells")

local M = {}

--- Distance in game units and bearing in degrees clockwise from north, from one position to another.
function M.toward(from, to)
  local east, north, up = to.x - from.x, to.y - from.y, to.z - from.z
  local distance = math.sqrt(east * east + north * north + up * up)
  return distance, math.deg(math.atan2(east, north)) % 360
end

--- Whether two cells share one space: the exterior is one, each interior has coordinates of its own.
function M.are_joined(one, other)
  if cells.grid(one) then return cells.grid(other) ~= nil end
  return one == other
end

--- What has no distance lies behind everything that has one.
local function is_nearer(one, other)
  local here, there = one.distance or math.huge, other.distance or math.huge
  if here ~= there then return here < there end
  return one.order < other.order
end

--- The nearest `most` of a list, nearest first, and how many were left out. Equal distances go by `order`, so that
-- nothing trembles between two readings.
function M.nearest(found, most)
  table.sort(found, is_nearer)
  local kept = {}
  for position = 1, math.min(#found, most) do
    kept[position] = found[position]
    kept[position].order = nil
  end
  return kept, math.max(0, #found - most)
end

return M
