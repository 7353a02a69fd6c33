--- NPCs and creatures near a player, from all the cells its client has loaded: those across a cell's border belong to
-- the next cell.
local cells = require("timmy.cells")
local corescripts = require("timmy.corescripts")
local game = require("timmy.game")
local geometry = require("timmy.geometry")
local json = require("timmy.json")
local numbers = require("timmy.numbers")

--- More than an agent can attend to; it also bounds a push.
local MOST_ACTORS = 64

local function set_of(list)
  local set = {}
  for _, value in pairs(type(list) == "table" and list or {}) do set[value] = true end
  return set
end

local function gauge(actor)
  if not actor.health then return nil end
  return { current = numbers.finite(actor.health), base = numbers.finite(actor.health_base) }
end

--- The actor in the wire's words, as seen from `eye`.
local function describe(actor, cell, ref_id, eye)
  local distance, bearing = geometry.toward(eye, actor)
  return {
    unique_index = actor.unique_index, ref_id = ref_id, cell = cell, x = actor.x, y = actor.y, z = actor.z,
    distance = distance, bearing = bearing, health = gauge(actor), order = actor.unique_index,
  }
end

--- What CoreScripts know an actor as: the server's own list has no ids. Nil for one they never heard of.
local function ref_id_of(data, unique_index)
  local record = data.objectData and data.objectData[unique_index]
  return type(record) == "table" and type(record.refId) == "string" and record.refId or nil
end

--- Tells whether a position is within the radius; a NaN isn't.
local function within(eye, radius)
  return function(x, y, z)
    local east, north, up = x - eye.x, y - eye.y, z - eye.z
    return east * east + north * north + up * up <= radius * radius
  end
end

local function collect(cell, eye, radius, found)
  local loaded = corescripts.loaded_cell(cell)
  if not loaded or not cells.is_safe(cell) then return end
  local dead = set_of(loaded.data.packets and loaded.data.packets.death)
  for _, actor in ipairs(game.actors_in(cell, within(eye, radius))) do
    local ref_id = ref_id_of(loaded.data, actor.unique_index)
    if ref_id then
      local seen = describe(actor, cell, ref_id, eye)
      seen.dead = dead[actor.unique_index] == true
      found[#found + 1] = seen
    end
  end
end

return function(pid, options)
  local eye = { x = game.GetPosX(pid), y = game.GetPosY(pid), z = game.GetPosZ(pid) }
  for axis, value in pairs(eye) do eye[axis] = numbers.finite(value) end
  local here, found = game.GetCell(pid), {}
  for _, cell in pairs(corescripts.player(pid).cellsLoaded or {}) do
    if geometry.are_joined(here, cell) then collect(cell, eye, options.radius, found) end
  end
  local actors, truncated = geometry.nearest(found, MOST_ACTORS)
  return { actors = json.array(actors), truncated = truncated }
end
