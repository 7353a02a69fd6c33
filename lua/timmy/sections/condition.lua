--- A player's physical state and transformation.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local player_state = require("timmy.state.player_state")

--- How old a pushed scale, creature, Mark and whether a player is a werewolf may be, in seconds, unless an event or a
-- command touched the player since.
local SHAPE_KEEPS_S = 0.5

--- The destination of Recall; nil until Mark was cast.
local function mark_of(player)
  local miscellaneous = type(player.data.miscellaneous) == "table" and player.data.miscellaneous or {}
  local mark = miscellaneous.markLocation
  if type(mark) ~= "table" or type(mark.cell) ~= "string" or mark.cell == "" then return nil end
  return { cell = mark.cell, x = numbers.finite(mark.posX), y = numbers.finite(mark.posY),
    z = numbers.finite(mark.posZ) }
end

--- The last section of each player, and when the player's shape was read.
local known = setmetatable({}, { __mode = "k" })

return function(pid, options)
  local now, player = options.now, corescripts.player(pid)
  local memory = known[player] or { at = -math.huge }
  known[player] = memory
  local section, is_old = memory.section, options.fresh or memory.at < now - SHAPE_KEEPS_S
  local dead = player_state.is_dead(player_state.health(pid, options))
  local drawn, sneaking = player_state.stance(pid)
  if not is_old and section.dead == dead and section.drawn == drawn and section.sneaking == sneaking then
    return section
  end
  memory.at = now
  memory.section = {
    dead = dead, drawn = drawn, sneaking = sneaking, werewolf = guard.IsWerewolf(pid),
    scale = numbers.finite(guard.GetScale(pid), 1), creature = guard.GetCreatureRefId(pid), mark = mark_of(player),
  }
  return memory.section
end
