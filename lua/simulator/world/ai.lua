--- An actor's behaviour under an AI package: where it walks next, or nil to stand.
local M = {}

local ACTIVATE, COMBAT, ESCORT, FOLLOW, TRAVEL, WANDER = 1, 2, 3, 4, 5, 6 -- enumerations.ai
local CLOSE = 150 -- game units between a follower and its target
local TOO_FAR = 800 -- an escort waits for a target that is farther away

local function distance(one, other)
  local dx, dy = other.x - one.x, other.y - one.y
  return math.sqrt(dx * dx + dy * dy)
end

--- A package's target: a player, an actor, or nil.
local function target(world, ai)
  if ai.target_pid then
    return world.clients[ai.target_pid]
  end
  return ai.target_ref_num and world.actors:find(ai.target_ref_num, ai.target_mp_num)
end

local function approach(world, actor)
  local whom = target(world, actor.ai)
  return whom and distance(actor, whom) > CLOSE and whom or nil
end

local function go(_, actor)
  return distance(actor, actor.ai) > 1 and actor.ai or nil
end

local function lead(world, actor)
  local whom = target(world, actor.ai)
  return whom and distance(actor, whom) < TOO_FAR and go(world, actor) or nil
end

local function roam(world, actor)
  local reach, home = actor.ai.distance or 0, actor.home
  if not actor.spot or distance(actor, actor.spot) < 1 then
    local random = world.random
    actor.spot = { x = home.x + random:between(-reach, reach), y = home.y + random:between(-reach, reach), z = home.z }
  end
  return actor.spot
end

local STEPS = { [COMBAT] = approach, [FOLLOW] = approach, [TRAVEL] = go, [ESCORT] = lead, [WANDER] = roam }

--- The position that an actor with a package walks to now.
function M.destination(world, actor)
  local step = STEPS[actor.ai.action]
  return step and step(world, actor)
end

M.ACTIVATE, M.COMBAT = ACTIVATE, COMBAT

return M
