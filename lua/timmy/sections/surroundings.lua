--- The `nearby_*` sections as lists of entities (timmy.state.entities): what version 2 of the protocol sends.
local cell_actors = require("timmy.state.cell_actors")
local geometry = require("timmy.state.geometry")
local object_entities = require("timmy.state.object_entities")
local player_entities = require("timmy.state.player_entities")
local player_location = require("timmy.state.player_location")

local M = {}

--- Each puts into `list` what is near `eye`, and into `versions` the versions of these entities. Returns the number of
-- both, and how many things were left out.
local collect = {}

--- How old it may be, in seconds, which of the cells around a player have actors: most have none.
local INHABITED_KEEP_S = 0.2

local inhabited = setmetatable({}, { __mode = "k" })

local function inhabited_of(around, now)
  local memory = inhabited[around]
  if not memory or memory.at < now - INHABITED_KEEP_S then
    memory = { at = now, cells = {} }
    for _, cell in ipairs(around) do
      if not cell_actors.is_empty(cell, now) then table.insert(memory.cells, cell) end
    end
    inhabited[around] = memory
  end
  return memory.cells
end

function collect.nearby_actors(pid, eye, options, list, versions)
  local count, left_out, reach = 0, 0, options.radius * options.radius
  local cells = player_location.cells_near(pid, eye.cell, options.now, options.fresh)
  if not options.fresh then cells = inhabited_of(cells, options.now) end
  for position = 1, #cells do
    local company = cell_actors.seen_from(eye, cells[position], options.now, options.fresh)
    local x, y, z, is_known, is_too_long = company.x, company.y, company.z, company.is_known, company.is_too_long
    for at = 1, #x do
      local east, north, up = x[at] - eye.x, y[at] - eye.y, z[at] - eye.z
      if is_known[at] and east * east + north * north + up * up <= reach then
        if is_too_long[at] then
          left_out = left_out + 1
        else
          count = count + 1
          list[count], versions[count] = company.entities[at], company.version[at]
        end
      end
    end
  end
  return count, left_out
end

function collect.nearby_players(pid, eye, options, list, versions)
  return player_entities.seen_from(eye, pid, options, list, versions)
end

function collect.nearby_objects(pid, eye, options, list, versions)
  local count, unseen = 0, 0
  for _, cell in ipairs(player_location.cells_near(pid, eye.cell, options.now, options.fresh)) do
    local more
    count, more = object_entities.seen_from(eye, cell, options.radius, list, count, options.now, options.fresh)
    unseen = unseen + more
  end
  for at = 1, count do versions[at] = list[at].version end
  return count, unseen
end

local function with_distances(list, eye)
  for _, entity in ipairs(list) do
    if entity.x then entity.distance = math.floor(math.sqrt(geometry.square(eye, entity))) end
  end
  return list
end

--- The entities that a section lists for a player whose eye is at `eye` ({ cell, x, y, z } in whole units), in no
-- order; how many more are near; and the entities' versions. `options` as for a section, with `roster`, the players
-- online. `list` and `versions` are filled and returned.
function M.look(section, pid, eye, options, list, versions)
  local count, unseen = collect[section](pid, eye, options, list, versions)
  for position = #list, count + 1, -1 do list[position], versions[position] = nil, nil end
  if count <= options.most then return list, unseen, versions end
  local nearest, left_out = geometry.nearest(with_distances(list, eye), options.most, "order")
  for position = #list, 1, -1 do
    list[position] = nearest[position]
    versions[position] = nearest[position] and nearest[position].version
  end
  return list, left_out + unseen, versions
end

return M
