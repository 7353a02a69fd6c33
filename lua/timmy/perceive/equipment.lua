--- What a player wears and holds.
local corescripts = require("timmy.corescripts")
local json = require("timmy.json")
local slots = require("timmy.slots")
local stack = require("timmy.stack")

return function(pid)
  return { slots = json.object(slots.named(corescripts.player(pid).data.equipment, stack)) }
end
