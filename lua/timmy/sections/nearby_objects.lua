--- Objects near a player, from all cells that its client has loaded: the nearest first, then those in nearby cells
-- whose position the server does not know.
local cell_objects = require("timmy.state.cell_objects")
local geometry = require("timmy.state.geometry")
local json = require("timmy.wire.json")
local player_location = require("timmy.state.player_location")

--- A copy of an object with its distance and bearing, if it is within the radius; `rank` orders those without a
-- position.
local function see(thing, eye, radius)
  local distance, bearing
  if thing.x then
    distance, bearing = geometry.toward_whole(eye, geometry.whole_place(thing))
    if distance > radius then return nil end
  end
  local seen = { distance = distance, bearing = bearing }
  for name, value in pairs(thing) do seen[name] = value end
  return seen
end

--- Objects without a position are listed for the player's own cell only: those of other cells may be anywhere. Also
-- returns how many objects of the cell were not looked at, any of which may be near.
local function collect(cell, eye, options, nearby)
  local things, unseen = cell_objects.of(cell, options.now, options.fresh)
  for _, thing in ipairs(things) do
    if thing.x or cell == eye.cell then nearby[#nearby + 1] = see(thing, eye, options.radius) end
  end
  return unseen
end

return function(pid, options)
  local eye, nearby, unseen = geometry.whole_place(player_location.viewpoint(pid)), {}, 0
  for _, cell in ipairs(player_location.cells_around(pid, eye.cell)) do
    unseen = unseen + collect(cell, eye, options, nearby)
  end
  local objects, left_out = geometry.nearest(nearby, options.most, "unique_index")
  left_out = left_out + unseen
  return { objects = json.array(objects), truncated = left_out > 0, left_out = left_out }
end
