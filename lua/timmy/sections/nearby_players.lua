--- Other players near a player: in the same interior, or anywhere in the exterior within the radius.
local classes = require("timmy.state.classes")
local corescripts = require("timmy.game.corescripts")
local geometry = require("timmy.state.geometry")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local player_location = require("timmy.state.player_location")
local player_positions = require("timmy.state.player_positions")
local player_state = require("timmy.state.player_state")

--- Whether another player is within the radius and still online. The distance is checked first: with a hundred players
-- online nearly all are far away.
local function is_near(other, pid, eye, radius)
  if geometry.square(eye, other.place) > radius * radius or other.pid == pid then return false end
  return geometry.are_joined(eye.cell, other.place.cell) and corescripts.player(other.pid) ~= nil
end

--- The other player's position as sent on the wire: to the unit and the degree, as for actors.
local function see(other, eye)
  local place = other.place
  local distance, bearing = geometry.toward_whole(eye, place)
  return { name = other.name, pid = other.pid, cell = place.cell, x = place.x, y = place.y, z = place.z,
    distance = distance, bearing = bearing }
end

--- Adds what is visible of a player that near.
local function look_at(seen, options)
  local pid = seen.pid
  seen.level, seen.race, seen.class = numbers.whole(guard.GetLevel(pid)), guard.GetRace(pid), classes.of(pid)
  local current, base = player_state.health(pid, options)
  seen.health = { current = current, base = base }
  for name, value in pairs(player_state.of(pid, options)) do seen[name] = value end
end

return function(pid, options)
  local eye, nearby = geometry.whole_place(player_location.viewpoint(pid)), {}
  for _, other in ipairs(player_positions.of(options.now, options.fresh)) do
    if is_near(other, pid, eye, options.radius) then nearby[#nearby + 1] = see(other, eye) end
  end
  local near, left_out = geometry.nearest(nearby, options.most, "pid")
  for _, seen in ipairs(near) do look_at(seen, options) end
  return { players = json.array(near), truncated = left_out > 0, left_out = left_out }
end
