--- Players as entities (timmy.state.entities), as others see them.
local cadence = require("timmy.state.cadence")
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
  crowd.players[position], crowd.entities[position] = false, false
  crowd.x[position], crowd.y[position], crowd.z[position] = NOWHERE, NOWHERE, NOWHERE
  crowd.read_at[position], crowd.speed[position] = -math.huge, 0
end

--- Copies what is looked at in every push from the entity.
local function copy_place(crowd, position, entity)
  crowd.x[position], crowd.y[position], crowd.z[position] = entity.x, entity.y, entity.z
  crowd.read_at[position], crowd.speed[position] = entity.read_at, entity.speed
end

--- Takes over what is known of a player from an earlier list.
local function recall(crowd, position)
  local player = corescripts.player(crowd.pids[position])
  local entity = player and known[player]
  if not entity then return end
  crowd.players[position], crowd.entities[position] = player, entity
  if entity.x then copy_place(crowd, position, entity) end
end

local function crowd_of(roster)
  local crowd = crowds[roster]
  if not crowd then
    crowd = { players = {}, entities = {}, pids = {}, x = {}, y = {}, z = {}, read_at = {}, speed = {} }
    for position, other in ipairs(roster) do
      crowd.pids[position] = other.pid
      forget(crowd, position)
      recall(crowd, position)
    end
    crowds[roster] = crowd
  end
  return crowd
end

local function square_of(crowd, position, eye)
  local east, north, up = crowd.x[position] - eye.x, crowd.y[position] - eye.y, crowd.z[position] - eye.z
  return east * east + north * north + up * up
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
  copy_place(crowd, position, entity)
end

--- Notes where the player itself is, which was read for its own perception, if somebody else saw it lately.
local function note_own_place(crowd, position, eye, now)
  local entity = crowd.entities[position]
  if not entity or entity.looked_at < now - IDENTITY_KEEPS_S then return end
  move(entity, eye, now)
  copy_place(crowd, position, entity)
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

local function bring_up_to_date(entity, pid, name, options)
  local now, fresh = options.now, options.fresh
  if entity.looked_at >= (fresh and now or now - STATE_KEEPS_S) and entity.looks.cell == entity.cell then return end
  entity.looked_at = now
  entities.set_health(entity, player_state.health(pid, options))
  look_at(entity, pid, name, now, fresh)
end

--- The entity of a player within the radius; nil if it has left, or is in another space than the eye.
local function visible(crowd, position, eye, name, options)
  local entity, pid = crowd.entities[position], crowd.pids[position]
  if not geometry.are_joined(eye.cell, entity.cell) then return nil end
  if corescripts.player(pid) ~= crowd.players[position] then
    forget(crowd, position) -- it may have joined again
    return nil
  end
  bring_up_to_date(entity, pid, name, options)
  return entity
end

--- Whether a player's place is to be read again. Of those who are far, even a fresh look wants no more than others do.
local function is_due(crowd, position, square, reach, options)
  local age = options.now - crowd.read_at[position]
  return cadence.is_due(age, crowd.speed[position], square, options.fresh and square <= reach)
end

--- Puts into `list` the entities of the players near `eye` other than `pid`, and their versions into `versions`.
-- Returns their number, and how many were left out. `options` as for timmy.sections.surroundings. Their places are as
-- recent as `eye` needs them.
function M.seen_from(eye, pid, options, list, versions)
  local roster, now, reach = options.roster, options.now, options.radius * options.radius
  local crowd, count, left_out = crowd_of(roster), 0, 0
  for position = 1, #crowd.pids do
    local is_self, square = crowd.pids[position] == pid, square_of(crowd, position, eye)
    if is_self then
      note_own_place(crowd, position, eye, now)
    elseif is_due(crowd, position, square, reach, options) then
      read_place(crowd, position, now)
      square = square_of(crowd, position, eye)
    end
    if square <= reach and not is_self then
      local entity = visible(crowd, position, eye, roster[position].name, options)
      if entity and entity.is_too_long then
        left_out = left_out + 1
      elseif entity then
        count = count + 1
        list[count], versions[count] = entity, entity.version
      end
    end
  end
  return count, left_out
end

return M
