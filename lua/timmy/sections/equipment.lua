--- A player's equipment.
local cache = require("timmy.game.cache")
local corescripts = require("timmy.game.corescripts")
local json = require("timmy.wire.json")
local slots = require("timmy.state.slots")
local stack = require("timmy.state.stack")

local worn = cache.of_content(function(equipment)
  return json.constant({ slots = json.object(slots.named(equipment, stack)) })
end)

return function(pid, options)
  local player = corescripts.player(pid)
  return worn(player, corescripts.table_or_none(player.data.equipment), options)
end
