--- NPCs and creatures near a player, from all cells that its client has loaded.
--
-- This is most of a push of version 1, so it is written as text here instead of encoding tables: an actor's own data
-- are kept as text (see timmy.state.entities), and only its position relative to the player is new each time.
local cell_actors = require("timmy.state.cell_actors")
local entities = require("timmy.state.entities")
local geometry = require("timmy.state.geometry")
local json = require("timmy.wire.json")
local player_location = require("timmy.state.player_location")

--- Buffers for the actors within the radius and the pieces of the text, reused to avoid garbage.
local nearby, pieces = {}, {}

--- Collects the actors of a cell that are within the radius, with their distances as they are sent. Returns the new
-- count.
local function collect(cell, eye, options, count)
  local company = cell_actors.of(cell, options.now, options.fresh)
  local reach = options.radius * options.radius
  for position, actor in ipairs(company.actors) do
    local square = cell_actors.square(company, position, eye)
    if company.is_known[position] and square <= reach then
      count = count + 1
      nearby[count], actor.distance = actor, math.floor(math.sqrt(square))
    end
  end
  return count
end

local PIECES_EACH = 9

--- Writes pieces from index `at` on: the actor as seen from `eye`.
local function put(actor, eye, at)
  local entity = actor.entity
  pieces[at], pieces[at + 1], pieces[at + 2] = "{", entity.description, entity.health_text
  pieces[at + 3] = entities.place_text(entity)
  pieces[at + 4], pieces[at + 5] = ',"bearing":', geometry.bearing(eye, entity)
  pieces[at + 6], pieces[at + 7] = ',"distance":', actor.distance
end

local function write(actors, eye, left_out)
  local at = 1
  pieces[1] = '{"actors":['
  for position, actor in ipairs(actors) do
    put(actor, eye, at + 1)
    at = at + PIECES_EACH
    pieces[at] = position < #actors and "}," or "}"
  end
  pieces[at + 1], pieces[at + 2] = '],"left_out":', left_out
  pieces[at + 3] = left_out > 0 and ',"truncated":true}' or ',"truncated":false}'
  return json.fragment(table.concat(pieces, "", 1, at + 3))
end

return function(pid, options)
  local eye, count = geometry.whole_place(player_location.viewpoint(pid)), 0
  for _, cell in ipairs(player_location.cells_around(pid, eye.cell)) do count = collect(cell, eye, options, count) end
  for position = count + 1, #nearby do nearby[position] = nil end
  local actors, left_out = geometry.nearest(nearby, options.most, "unique_index")
  return write(actors, eye, left_out)
end
