--- The `nearby_*` sections as lists of entities (timmy.state.entities): what version 2 of the protocol sends.
local cell_actors = require("timmy.state.cell_actors")
local geometry = require("timmy.state.geometry")
local object_entities = require("timmy.state.object_entities")
local player_entities = require("timmy.state.player_entities")
local player_location = require("timmy.state.player_location")

local M = {}

--- Appends an entity to `list`, unless it is too long; returns the new length, and how many were left out.
local function append(list, count, left_out, entity, order)
  if entity.is_too_long then return count, left_out + 1 end
  list[count + 1], entity.order = entity, order
  return count + 1, left_out
end

--- Each appends to `list` what is near `eye`, and returns its length and how many things were left out.
local collect = {}

function collect.nearby_actors(pid, eye, options, list)
  local count, left_out, reach = 0, 0, options.radius * options.radius
  local cells = player_location.cells_near(pid, eye.cell, options.now, options.fresh)
  for position = 1, #cells do
    local company = cell_actors.seen_from(eye, cells[position], options.now, options.fresh)
    local actors = company.actors
    for index = 1, #actors do
      local actor = actors[index]
      local entity = actor.entity
      if entity.is_placed and geometry.square(eye, entity) <= reach and cell_actors.is_known(company, actor) then
        count, left_out = append(list, count, left_out, entity, actor.unique_index)
      end
    end
  end
  return count, left_out
end

function collect.nearby_players(pid, eye, options, list)
  local count, left_out, reach = 0, 0, options.radius * options.radius
  for _, other in ipairs(options.roster) do
    local entity = other.pid ~= pid and player_entities.near(eye, other, reach, options.now, options.fresh)
    if entity then count, left_out = append(list, count, left_out, entity, other.pid) end
  end
  return count, left_out
end

function collect.nearby_objects(pid, eye, options, list)
  local count, unseen = 0, 0
  for _, cell in ipairs(player_location.cells_near(pid, eye.cell, options.now, options.fresh)) do
    local more
    count, more = object_entities.seen_from(eye, cell, options.radius, list, count, options.now, options.fresh)
    unseen = unseen + more
  end
  return count, unseen
end

local function with_distances(list, eye)
  for _, entity in ipairs(list) do
    if entity.x then entity.distance = math.floor(math.sqrt(geometry.square(eye, entity))) end
  end
  return list
end

--- The entities that a section lists for a player whose eye is at `eye` ({ cell, x, y, z } in whole units), in no
-- order, and how many more are near. `options` as for a section, with `roster`, the players online. `list` is filled
-- and returned, unless there are more than `options.most`.
function M.look(section, pid, eye, options, list)
  local count, unseen = collect[section](pid, eye, options, list)
  for position = #list, count + 1, -1 do list[position] = nil end
  if count <= options.most then return list, unseen end
  local nearest, left_out = geometry.nearest(with_distances(list, eye), options.most, "order")
  return nearest, left_out + unseen
end

return M
