--- How often an entity is read: before it can have moved a sixteenth of its distance.
--
-- What is near or quick is read at every push, what is far or slow seldom: an agent judges a distance relatively.
local declarations = require("timmy.wire.declarations")

local M = {}

local SHORTEST_S, LONGEST_S = declarations.CADENCE_SHORTEST_S, declarations.CADENCE_LONGEST_S
--- Nothing is taken to be slower: what stands may begin to walk. Game units a second.
local LEAST_SPEED = declarations.CADENCE_LEAST_SPEED
local PARTS = declarations.CADENCE_PARTS

--- Whether an entity that was read `age` seconds ago, at this speed, is to be read again for an eye from which the
-- square of its distance is `square` (NaN: its place is unknown). `fresh`: unless it was read at this moment.
function M.is_due(age, speed, square, fresh)
  if fresh then return age > 0 end
  if age < SHORTEST_S then return false end
  local way = age * speed * PARTS
  return age >= LONGEST_S or way * way >= square or square ~= square
end

--- Notes that an entity was read at another place, or the same, from which `square` is the square of the distance.
function M.note(entity, square, now)
  local age = now - entity.read_at
  entity.read_at = now
  if age > 0 then entity.speed = math.max(LEAST_SPEED, math.sqrt(square) / age) end
end

--- Prepares an entity that was never read.
function M.begin(entity)
  entity.read_at, entity.speed = -math.huge, LEAST_SPEED
end

return M
