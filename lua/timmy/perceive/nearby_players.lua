--- Other players near a player: in the same interior, or anywhere in the exterior within the radius.
local classes = require("timmy.classes")
local corescripts = require("timmy.corescripts")
local game = require("timmy.game")
local geometry = require("timmy.geometry")
local json = require("timmy.json")
local numbers = require("timmy.numbers")
local stance = require("timmy.stance")
local surroundings = require("timmy.surroundings")
local throng = require("timmy.throng")

--- Places to the unit and the degree, as for actors.
local whole = math.floor

--- The other player's place in the wire's words, when it is within the radius.
local function see(other, eye, radius)
  local place = other.place
  if not geometry.are_joined(eye.cell, place.cell) then return nil end
  local distance, bearing = geometry.toward(eye, place)
  if distance > radius then return nil end
  return { name = other.name, pid = other.pid, cell = place.cell, x = whole(place.x), y = whole(place.y),
    z = whole(place.z), distance = whole(distance), bearing = whole(bearing) }
end

--- Adds what is to be seen of somebody who is that near.
local function look_at(seen)
  local pid = seen.pid
  seen.level, seen.race, seen.class = numbers.whole(game.GetLevel(pid)), game.GetRace(pid), classes.of(pid)
  seen.health = { current = numbers.finite(game.GetHealthCurrent(pid)), base = numbers.finite(game.GetHealthBase(pid)) }
  for name, value in pairs(stance(pid)) do seen[name] = value end
end

return function(pid, options)
  local eye, found = surroundings.eye(pid), {}
  for _, other in ipairs(throng.of(options.now, options.fresh)) do
    local is_there = other.pid ~= pid and corescripts.player(other.pid) ~= nil
    if is_there then found[#found + 1] = see(other, eye, options.radius) end
  end
  local near, left_out = geometry.nearest(found, options.most, "pid")
  for _, seen in ipairs(near) do look_at(seen) end
  return { players = json.array(near), truncated = left_out > 0, left_out = left_out }
end
