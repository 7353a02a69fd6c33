--- The engine's equipment slots.
local M = {}

--- By number plus one (CoreScripts' `enumerations.equipment` in lower case).
M.NAMES = {
  "helmet", "cuirass", "greaves", "left_pauldron", "right_pauldron", "left_gauntlet", "right_gauntlet", "boots",
  "shirt", "pants", "skirt", "robe", "left_ring", "right_ring", "amulet", "belt", "carried_right", "carried_left",
  "ammunition",
}

--- `{ slot name = convert(item) }` from a table by slot number; slots for which `convert` returns nil are left out.
function M.named(equipment, convert)
  local named = {}
  if type(equipment) ~= "table" then return named end
  for position, name in ipairs(M.NAMES) do named[name] = convert(equipment[position - 1]) end
  return named
end

return M
