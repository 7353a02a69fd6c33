--- NPCs and creatures near a player, from all the cells its client has loaded.
local cast = require("timmy.cast")
local geometry = require("timmy.geometry")
local json = require("timmy.json")
local numbers = require("timmy.numbers")
local surroundings = require("timmy.surroundings")

--- Places to the unit (1.4 cm) and the degree: more digits would be most of a push, and change with every breath.
local whole = math.floor

local function gauge(actor)
  if not actor.health then return nil end
  return { current = numbers.finite(actor.health), base = numbers.finite(actor.health_base) }
end

--- The actor in the wire's words, as seen from `eye`.
local function describe(actor, record, cell, eye)
  local distance, bearing = geometry.toward(eye, actor)
  return {
    unique_index = actor.unique_index, ref_id = record.ref_id, name = record.name, cell = cell,
    x = whole(actor.x), y = whole(actor.y), z = whole(actor.z), distance = whole(distance), bearing = whole(bearing),
    health = gauge(actor),
    dead = record.dead, ai = record.ai, equipment = record.equipment, order = actor.unique_index,
  }
end

--- Whether an actor is within the radius; a NaN isn't.
local function is_within(actor, eye, radius)
  local east, north, up = actor.x - eye.x, actor.y - eye.y, actor.z - eye.z
  return east * east + north * north + up * up <= radius * radius
end

local function collect(cell, eye, options, found)
  local seen, recorded = cast.of(cell, options.now, options.fresh)
  for _, actor in ipairs(seen) do
    local record = is_within(actor, eye, options.radius) and recorded[actor.unique_index]
    if record then found[#found + 1] = describe(actor, record, cell, eye) end
  end
end

return function(pid, options)
  local eye, found = surroundings.eye(pid), {}
  for _, cell in ipairs(surroundings.cells(pid, eye.cell)) do collect(cell, eye, options, found) end
  local actors, left_out = geometry.nearest(found, options.most)
  return { actors = json.array(actors), truncated = left_out > 0, left_out = left_out }
end
