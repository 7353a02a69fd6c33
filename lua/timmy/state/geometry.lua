--- Distances and bearings.
local cells = require("timmy.state.cells")
local numbers = require("timmy.wire.numbers")

local M = {}

local NOWHERE = 0 / 0

--- Bearing in degrees clockwise from north, from one position to another.
local function bearing(from, to)
  return math.deg(math.atan2(to.x - from.x, to.y - from.y)) % 360
end

--- The same in whole degrees, 0 to 359.
function M.bearing(from, to)
  return math.floor(bearing(from, to)) % 360
end

--- A coordinate in whole game units (1.4 cm), as nearby things are sent: more digits would be most of a perception, and
-- change all the time. NaN stays NaN: it is near nothing.
function M.whole(value)
  return numbers.is_finite(value) and math.floor(value) or NOWHERE
end

--- A location in whole units: the point from which distances to nearby things are measured.
function M.whole_place(place)
  return { cell = place.cell, x = M.whole(place.x), y = M.whole(place.y), z = M.whole(place.z) }
end

--- The square of the distance in game units.
function M.square(from, to)
  local east, north, up = to.x - from.x, to.y - from.y, to.z - from.z
  return east * east + north * north + up * up
end

--- Distance and bearing, both whole, from one position to another in whole units.
function M.toward_whole(from, to)
  return math.floor(math.sqrt(M.square(from, to))), M.bearing(from, to)
end

--- Distance in game units and bearing in degrees, from one position to another.
function M.toward(from, to)
  return math.sqrt(M.square(from, to)), bearing(from, to)
end

--- Whether two cells share one space: the exterior is one, each interior has coordinates of its own.
function M.are_joined(one, other)
  if cells.grid(one) then return cells.grid(other) ~= nil end
  return one == other
end

--- The order of a list by distance; objects without a distance come last. Two cells may each have an object with the
-- same index.
local function is_nearer(one, other, order)
  local here, there = one.distance or math.huge, other.distance or math.huge
  if here ~= there then return here < there end
  if one[order] ~= other[order] then return one[order] < other[order] end
  return (one.cell or "") < (other.cell or "")
end

--- The position at which an object belongs among the first `count` of a sorted list.
local function place_among(kept, count, thing, order)
  local low, high = 1, count + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if is_nearer(thing, kept[middle], order) then high = middle else low = middle + 1 end
  end
  return low
end

--- The nearest `most` of a list, nearest first, and how many were left out. Equal distances are ordered by the field
-- `order`, so that the result is stable. Only the kept items are sorted: `table.sort` would compare all of them, each
-- time with a call that LuaJIT does not compile.
function M.nearest(things, most, order)
  local kept, count = {}, 0
  for _, thing in ipairs(things) do
    local place = place_among(kept, count, thing, order)
    if place <= most then
      count = math.min(count + 1, most)
      for position = count, place + 1, -1 do kept[position] = kept[position - 1] end
      kept[place] = thing
    end
  end
  return kept, #things - count
end

return M
