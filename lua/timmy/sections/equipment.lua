--- A player's equipment.
local corescripts = require("timmy.game.corescripts")
local json = require("timmy.wire.json")
local slots = require("timmy.state.slots")
local stack = require("timmy.state.stack")

return function(pid)
  return { slots = json.object(slots.named(corescripts.player(pid).data.equipment, stack)) }
end
