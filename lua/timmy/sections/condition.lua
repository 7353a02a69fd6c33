--- What a player's body is doing, and what it has turned into.
local corescripts = require("timmy.game.corescripts")
local game = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local stance = require("timmy.state.player_state")

--- Where Recall leads to; nil until Mark was cast.
local function mark_of(player)
  local miscellaneous = type(player.data.miscellaneous) == "table" and player.data.miscellaneous or {}
  local mark = miscellaneous.markLocation
  if type(mark) ~= "table" or type(mark.cell) ~= "string" or mark.cell == "" then return nil end
  return { cell = mark.cell, x = numbers.finite(mark.posX), y = numbers.finite(mark.posY),
    z = numbers.finite(mark.posZ) }
end

return function(pid)
  local condition = stance(pid)
  condition.scale = numbers.finite(game.GetScale(pid), 1)
  condition.creature = game.GetCreatureRefId(pid)
  condition.mark = mark_of(corescripts.player(pid))
  return condition
end
