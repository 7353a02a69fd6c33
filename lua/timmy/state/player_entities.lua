--- Players as entities (timmy.state.entities), as others see them.
local cadence = require("timmy.state.cadence")
local cells = require("timmy.state.cells")
local classes = require("timmy.state.classes")
local corescripts = require("timmy.game.corescripts")
local entities = require("timmy.state.entities")
local geometry = require("timmy.state.geometry")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local player_location = require("timmy.state.player_location")
local player_state = require("timmy.state.player_state")

local M = {}

--- How old what changes without an event may be, in seconds: health and stance; level, race and class.
local STATE_KEEPS_S, IDENTITY_KEEPS_S = 0.1, 1
--- The same for the place of a player in another space, who is near nobody here, however close the coordinates are:
-- they are small in all interiors.
local ELSEWHERE_KEEPS_S = 0.25
local NOWHERE = 0 / 0

--- The entity of each player, for as long as CoreScripts have the player.
local known = setmetatable({}, { __mode = "k" })

local function entity_of(player, pid)
  local entity = known[player]
  if not entity then
    entity = entities.new("player")
    entity.order, entity.looks, entity.looked_at, entity.identified_at = pid, {}, -math.huge, -math.huge
    cadence.begin(entity)
    known[player] = entity
  end
  return entity
end

--- For each list of players online, by their positions in it: CoreScripts' players and their entities, and what is
-- looked at in every push in lists of numbers, like the companies of timmy.state.cell_actors.
local crowds = setmetatable({}, { __mode = "k" })

--- A position of which nothing is known: it is read as soon as somebody looks.
local function forget(crowd, position)
  crowd.players[position], crowd.entities[position], crowd.space[position] = false, false, false
  crowd.x[position], crowd.y[position], crowd.z[position] = NOWHERE, NOWHERE, NOWHERE
  crowd.read_at[position], crowd.speed[position], crowd.looked_at[position] = -math.huge, 0, -math.huge
  crowd.version[position], crowd.is_too_long[position] = 0, false
end

--- The space that a cell belongs to: the exterior is one (true), each interior has coordinates of its own.
local function space_of(cell) return cells.grid(cell) ~= nil or cell end

--- Copies what is looked at in every push from the entity, which has a place.
local function copy(crowd, position, entity)
  crowd.x[position], crowd.y[position], crowd.z[position] = entity.x, entity.y, entity.z
  crowd.read_at[position], crowd.speed[position] = entity.read_at, entity.speed
  crowd.space[position], crowd.version[position] = space_of(entity.cell), entity.version
  crowd.looked_at[position] = entity.looks.cell == entity.cell and entity.looked_at or -math.huge
  crowd.is_too_long[position] = entity.is_too_long or false
end

--- Takes over what is known of a player from an earlier list.
local function recall(crowd, position)
  local player = corescripts.player(crowd.pids[position])
  local entity = player and known[player]
  if not entity then return end
  crowd.players[position], crowd.entities[position] = player, entity
  if entity.x then copy(crowd, position, entity) end
end

local function crowd_of(roster)
  local crowd = crowds[roster]
  if not crowd then
    crowd = { players = {}, entities = {}, pids = {}, x = {}, y = {}, z = {}, space = {}, read_at = {}, speed = {},
      looked_at = {}, version = {}, is_too_long = {} }
    for position, other in ipairs(roster) do
      crowd.pids[position] = other.pid
      forget(crowd, position)
      recall(crowd, position)
    end
    crowds[roster] = crowd
  end
  return crowd
end

local function move(entity, place, now)
  local x, y, z = geometry.whole(place.x), geometry.whole(place.y), geometry.whole(place.z) -- finite: a viewpoint
  local way = entity.x and (x - entity.x) ^ 2 + (y - entity.y) ^ 2 + (z - entity.z) ^ 2 or 0
  cadence.note(entity, way, now)
  entity.cell = place.cell
  entities.move(entity, x, y, z)
end

--- Reads a player's place, if it has not left.
local function read_place(crowd, position, now)
  local pid = crowd.pids[position]
  crowd.read_at[position] = now
  if not crowd.entities[position] then
    local player = corescripts.player(pid)
    if not player then return end
    crowd.players[position], crowd.entities[position] = player, entity_of(player, pid)
  end
  local entity = crowd.entities[position]
  move(entity, player_location.viewpoint(pid), now)
  copy(crowd, position, entity)
end

local function set(entity, key, value)
  if entity.looks[key] == value then return end
  entity.looks[key], entity.is_changed = value, true
end

local function identify(entity, pid, name)
  set(entity, "class", classes.of(pid))
  set(entity, "level", numbers.whole(guard.GetLevel(pid)))
  set(entity, "race", guard.GetRace(pid))
  set(entity, "werewolf", guard.IsWerewolf(pid))
  set(entity, "name", name)
  set(entity, "pid", pid)
end

--- What others see of a player but its health and place; a change is described anew.
local function look_at(entity, pid, name, now, fresh)
  if entity.identified_at < (fresh and now or now - IDENTITY_KEEPS_S) then
    entity.identified_at = now
    identify(entity, pid, name)
  end
  local drawn, sneaking = player_state.stance(pid)
  set(entity, "drawn", drawn)
  set(entity, "sneaking", sneaking)
  set(entity, "dead", player_state.is_dead(entity.current, entity.base))
  set(entity, "cell", entity.cell)
  if not entity.is_changed then return end
  entity.is_changed = false
  entities.describe(entity, assert(json.encode(entity.looks)):sub(2, -2))
end

--- Looks at a player near the eye, unless it has left.
local function look_again(crowd, position, name, options)
  local entity, pid = crowd.entities[position], crowd.pids[position]
  if corescripts.player(pid) ~= crowd.players[position] then return forget(crowd, position) end -- it may be back
  entity.looked_at = options.now
  entities.set_health(entity, player_state.health(pid, options))
  look_at(entity, pid, name, options.now, options.fresh)
  copy(crowd, position, entity)
end

local function is_within(crowd, position, eye, reach)
  local east, north, up = crowd.x[position] - eye.x, crowd.y[position] - eye.y, crowd.z[position] - eye.z
  return east * east + north * north + up * up <= reach
end

--- Whether the place of a player, at this square of a distance, is to be read again for an eye in `space`. Of those who
-- are far, even a fresh look wants no more than others do.
local function is_due(crowd, position, space, square, reach, options)
  local there, age = crowd.space[position], options.now - crowd.read_at[position]
  if there and there ~= space then return age >= ELSEWHERE_KEEPS_S end
  return cadence.is_due(age, crowd.speed[position], square, options.fresh and there and square <= reach)
end

--- Puts into `list` the entities of the players near `eye` other than `pid`, and their versions into `versions`.
-- Returns their number, and how many were left out. `options` as for timmy.sections.surroundings. Their places are as
-- recent as `eye` needs them.
function M.seen_from(eye, pid, options, list, versions)
  local roster, now, reach = options.roster, options.now, options.radius * options.radius
  local crowd, count, left_out, space = crowd_of(roster), 0, 0, space_of(eye.cell)
  local oldest, pids = options.fresh and now or now - STATE_KEEPS_S, crowd.pids
  local x, y, z = crowd.x, crowd.y, crowd.z
  for position = 1, #pids do
    local east, north, up = x[position] - eye.x, y[position] - eye.y, z[position] - eye.z
    local square = east * east + north * north + up * up
    local is_near = square <= reach and crowd.space[position] == space
    if pids[position] ~= pid and is_due(crowd, position, space, square, reach, options) then
      read_place(crowd, position, now)
      is_near = is_within(crowd, position, eye, reach) and crowd.space[position] == space
    end
    if is_near and pids[position] ~= pid then
      if crowd.looked_at[position] < oldest then look_again(crowd, position, roster[position].name, options) end
      if crowd.is_too_long[position] then
        left_out = left_out + 1
      elseif crowd.entities[position] then
        count = count + 1
        list[count], versions[count] = crowd.entities[position], crowd.version[position]
      end
    end
  end
  return count, left_out
end

return M
