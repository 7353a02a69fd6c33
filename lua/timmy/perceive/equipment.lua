--- What a player wears and holds.
local corescripts = require("timmy.corescripts")
local json = require("timmy.json")
local stack = require("timmy.stack")

--- The engine's slots from 0 on (CoreScripts' `enumerations.equipment` in lower case).
local SLOTS = {
  "helmet", "cuirass", "greaves", "left_pauldron", "right_pauldron", "left_gauntlet", "right_gauntlet", "boots",
  "shirt", "pants", "skirt", "robe", "left_ring", "right_ring", "amulet", "belt", "carried_right", "carried_left",
  "ammunition",
}

return function(pid)
  local equipment = corescripts.player(pid).data.equipment or {}
  local slots = {}
  for position, name in ipairs(SLOTS) do slots[name] = stack(equipment[position - 1]) end
  return { slots = json.object(slots) }
end
