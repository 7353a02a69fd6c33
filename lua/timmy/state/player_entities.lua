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

--- How old what changes without an event may be, in seconds: weapon and stance, health, level.
local LOOKS_KEEP_S = 0.1

--- The entity of each player, for as long as CoreScripts have the player.
local known = setmetatable({}, { __mode = "k" })

local function entity_of(player)
  local entity = known[player]
  if not entity then
    entity = entities.new("player")
    entity.looked_at, entity.looks = -math.huge, {}
    cadence.begin(entity)
    known[player] = entity
  end
  return entity
end

--- The values that the description consists of, in the order of `NAMES`.
local NAMES = { "cell", "class", "dead", "drawn", "level", "name", "pid", "race", "sneaking", "werewolf" }
local latest = {}

local function looks_of(pid, name, cell)
  local state = player_state(pid)
  latest.cell, latest.class, latest.name, latest.pid = cell, classes.of(pid), name, pid
  latest.level, latest.race = numbers.whole(guard.GetLevel(pid)), guard.GetRace(pid)
  for key, value in pairs(state) do latest[key] = value end
  return latest
end

local function have_changed(before, looks)
  for _, name in ipairs(NAMES) do
    if before[name] ~= looks[name] then return true end
  end
  return false
end

local function look_at(entity, pid, name, cell, now)
  entity.looked_at = now
  local looks = looks_of(pid, name, cell)
  if have_changed(entity.looks, looks) then
    for key, value in pairs(looks) do entity.looks[key] = value end
    entities.describe(entity, assert(json.encode(looks)):sub(2, -2))
  end
  entities.set_health(entity, numbers.finite(guard.GetHealthCurrent(pid)) + 0,
    numbers.finite(guard.GetHealthBase(pid)) + 0)
end

local function move(entity, place, now)
  local x, y, z = geometry.whole(place.x), geometry.whole(place.y), geometry.whole(place.z) -- finite: a viewpoint
  local way = entity.x and (x - entity.x) ^ 2 + (y - entity.y) ^ 2 + (z - entity.z) ^ 2 or 0
  cadence.note(entity, way, now)
  entity.cell = place.cell
  entities.move(entity, x, y, z)
end

--- The entity of a player online ({ pid, name }, which keeps it); nil if the player has left.
local function find(other)
  if other.entity then return other.entity end
  local player = corescripts.player(other.pid)
  if not player then return nil end
  other.player, other.entity = player, entity_of(player)
  return other.entity
end

--- The entity of a player online ({ pid, name }) if it is near `eye` and still logged in; its place is as recent as
-- `eye` needs it. `reach` is the square of the radius.
function M.near(eye, other, reach, now, fresh)
  local entity = find(other)
  if not entity then return nil end
  local square = entity.x and geometry.square(eye, entity) or 0
  if cadence.is_due(entity, square, now, fresh) then
    move(entity, player_location.viewpoint(other.pid), now)
    square = geometry.square(eye, entity)
  end
  if square > reach or not geometry.are_joined(eye.cell, entity.cell) then return nil end
  if corescripts.player(other.pid) ~= other.player then
    other.entity = nil -- the player has left, and may have joined again
    return nil
  end
  if entity.looked_at < (fresh and now or now - LOOKS_KEEP_S) or entity.looks.cell ~= entity.cell then
    look_at(entity, other.pid, other.name, entity.cell, now)
  end
  return entity
end

return M
