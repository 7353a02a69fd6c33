--- A player's physical state and transformation.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local player_state = require("timmy.state.player_state")

--- The destination of Recall; nil until Mark was cast.
local function mark_of(player)
  local miscellaneous = type(player.data.miscellaneous) == "table" and player.data.miscellaneous or {}
  local mark = miscellaneous.markLocation
  if type(mark) ~= "table" or type(mark.cell) ~= "string" or mark.cell == "" then return nil end
  return { cell = mark.cell, x = numbers.finite(mark.posX), y = numbers.finite(mark.posY),
    z = numbers.finite(mark.posZ) }
end

return function(pid)
  local condition = player_state.of(pid)
  condition.scale = numbers.finite(guard.GetScale(pid), 1)
  condition.creature = guard.GetCreatureRefId(pid)
  condition.mark = mark_of(corescripts.player(pid))
  return condition
end
