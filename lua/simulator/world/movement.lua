--- How a client moves its player: walking, running, turning and jumping, in the world's time. It stops at walls,
--- follows the ground, and changes cells at borders.
local catalogue = require("simulator.scene.catalogue")
local terrain = require("simulator.scene.terrain")

local M = {}

--- The formulas are OpenMW's (`Npc::getWalkSpeed`, `getRunSpeed`, `getJump` in apps/openmw/mwclass/npc.cpp), without
--- effects, fatigue, and Acrobatics above 50. The values of the game settings named here, which the game's data files
--- have, are the simulator's own.
local MIN_WALK, MAX_WALK, ENCUMBERED_EFFECT = 100, 200, 0.3 -- fMinWalkSpeed, fMaxWalkSpeed, fEncumberedMoveEffect
local ATHLETICS_BONUS, RUN_BASE = 1, 1.75 -- fAthleticsRunBonus, fBaseRunMultiplier
local CAPACITY = 5 -- fEncumbranceStrMult: weight for each point of Strength
local JUMP_BASE, JUMP_POWER = 128, 4 -- fJumpAcrobaticsBase, fJumpAcroMultiplier
local GRAVITY = 627 -- game units a second, each second

local STRENGTH, SPEED = 0, 4 -- numbers of attributes
local ATHLETICS, ACROBATICS = 8, 20 -- numbers of skills
local SLOWEST = 0.1 -- a walker who gets on by less than this part of its stride stands at a wall

local DIRECTIONS = { forward = 0, right = math.pi / 2, back = math.pi, left = -math.pi / 2 }

--- The weight carried, as a part of what the player can carry, from 0 to 1.
local function encumbrance(client)
  local weight = 0
  for id, count in pairs(client.inventory) do
    weight = weight + catalogue.item(id).weight * count
  end
  local most = CAPACITY * client:copy().attributes[STRENGTH].base
  return most > 0 and math.min(weight / most, 1) or 1
end

--- Game units a second at a walk or a run.
function M.speed(client, pace)
  local copy = client:copy()
  local walk = MIN_WALK + 0.01 * copy.attributes[SPEED].base * (MAX_WALK - MIN_WALK)
  walk = walk * (1 - ENCUMBERED_EFFECT * encumbrance(client))
  if pace == "run" then
    return walk * (0.01 * copy.skills[ATHLETICS].base * ATHLETICS_BONUS + RUN_BASE)
  end
  return walk
end

--- The speed with which a player leaves the ground, in game units a second.
local function jump_speed(client)
  local skill = math.min(client:copy().skills[ACROBATICS].base, 50)
  return ((JUMP_BASE + (skill / 15) ^ JUMP_POWER) * (1.5 - encumbrance(client)) + GRAVITY) / 3
end

function M.place(client)
  return { cell = client.cell, x = client.x, y = client.y, z = client.z, yaw = math.deg(client.yaw) % 360 }
end

--- The client stands at a position of a cell at once, as behind a door: { x, y, z? (default: on the ground), yaw }.
function M.enter(client, cell, to)
  local z = to.z or terrain.height(cell, to.x, to.y)
  client:stand(to.x, to.y, z, nil, to.yaw)
  if cell ~= client.cell then
    client:load_around(cell)
    client:report_cell(cell)
  end
end

--- Ends a movement: its command gets where the player is, how far it came, and why it ended.
local function finish(client, why)
  local moving = client.moving
  client.moving = nil
  local value = M.place(client)
  value.distance, value.seconds, value.ended_by = moving.walked, moving.seconds, why
  client.world.input:settle(client, "moving", value)
end

--- Ends a movement, if there is one; whether there was.
function M.stop(client, why)
  local was_moving = client.moving ~= nil
  if was_moving then
    finish(client, why)
  end
  return was_moving
end

--- Starts to move for some seconds, or some distance if that is reached first. An earlier movement ends.
function M.start(client, pace, values)
  M.stop(client, "replaced")
  client.window = nil
  client.moving = { pace = pace, direction = values.direction, left_s = values.seconds, left = values.distance,
    walked = 0, seconds = 0 }
  return client.world.input:defer(client, "moving")
end

function M.turn(client, values)
  local yaw = values.yaw and math.rad(values.yaw) or client.yaw + math.rad(values.by or 0)
  local pitch = values.pitch and math.rad(values.pitch) or client.pitch
  client:stand(client.x, client.y, client.z, pitch, yaw)
  return { yaw = math.deg(client.yaw) % 360, pitch = math.deg(client.pitch) }
end

function M.jump(client)
  if client.jump then
    return nil, { code = "game_refused", message = "the player is in the air: wait until it has landed" }
  end
  client.window = nil
  client.jump = { height = 0, rises = jump_speed(client), top = 0 }
  return client.world.input:defer(client, "jump")
end

--- How high above the ground a jumping player is after some more seconds.
local function fly(client, seconds)
  local jump = client.jump
  if not jump then
    return 0
  end
  jump.height = jump.height + jump.rises * seconds
  jump.rises = jump.rises - GRAVITY * seconds
  jump.top = math.max(jump.top, jump.height)
  if jump.height > 0 then
    return jump.height
  end
  client.jump = nil
  client.world.input:settle(client, "jump", { height = jump.top })
  return 0
end

--- The step of a moving player: where it leads, and how far the player wanted to come.
local function stride(client, seconds)
  local moving = client.moving
  local length = M.speed(client, moving.pace) * math.min(seconds, moving.left_s)
  length = math.min(length, moving.left or length)
  local angle = client.yaw + DIRECTIONS[moving.direction]
  local x, y = terrain.step(client.cell, client.x, client.y, math.sin(angle) * length, math.cos(angle) * length)
  return x, y, length
end

local function count_step(client, seconds, came, wanted)
  local moving = client.moving
  moving.walked, moving.seconds = moving.walked + came, moving.seconds + math.min(seconds, moving.left_s)
  moving.left_s = moving.left_s - seconds
  moving.left = moving.left and moving.left - came
  if came < wanted * SLOWEST then
    finish(client, "wall")
  elseif moving.left and moving.left < 1e-6 then
    finish(client, "distance")
  elseif moving.left_s < 1e-6 then
    finish(client, "time")
  end
end

local function move(client, seconds, height)
  local x, y, wanted = stride(client, seconds)
  local came = math.sqrt((x - client.x) ^ 2 + (y - client.y) ^ 2)
  client:walk(x, y, terrain.height(client.cell, x, y, client.z) + height, client.yaw)
  count_step(client, seconds, came, wanted)
end

--- One step of the world's time.
function M.step(client, seconds)
  if not client.moving and not client.jump then
    return
  end
  if client.dead or client.arriving then
    client.jump = nil
    client.world.input:settle(client, "jump", { height = 0 })
    M.stop(client, client.dead and "death" or "teleport")
    return
  end
  local height = fly(client, seconds)
  if client.moving then
    move(client, seconds, height)
  else
    client:stand(client.x, client.y, terrain.height(client.cell, client.x, client.y, client.z) + height)
  end
end

return M
