--- Things around a player, from all the cells its client has loaded: the nearest first, then those of the cells nearby
-- whose place nobody told the server.
local geometry = require("timmy.geometry")
local json = require("timmy.json")
local scenery = require("timmy.scenery")
local surroundings = require("timmy.surroundings")

--- A copy of a thing with where it lies, when it is within the radius; `rank` orders those without a place.
local function see(thing, eye, radius)
  local distance, bearing
  if thing.x then
    distance, bearing = geometry.toward(eye, thing)
    if distance > radius then return nil end
  end
  local seen = { distance = distance, bearing = bearing }
  for name, value in pairs(thing) do seen[name] = value end
  return seen
end

--- What has no place is listed for the cell that the player is in only: elsewhere it may be anywhere.
local function collect(cell, eye, options, found)
  for _, thing in ipairs(scenery.of(cell, options.now, options.fresh)) do
    if thing.x or cell == eye.cell then found[#found + 1] = see(thing, eye, options.radius) end
  end
end

return function(pid, options)
  local eye, found = surroundings.eye(pid), {}
  for _, cell in ipairs(surroundings.cells(pid, eye.cell)) do collect(cell, eye, options, found) end
  local objects, left_out = geometry.nearest(found, options.most, "unique_index")
  return { objects = json.array(objects), truncated = left_out > 0, left_out = left_out }
end
