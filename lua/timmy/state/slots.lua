--- The engine's equipment slots.
local declarations = require("timmy.wire.declarations")

local M = {}

--- By number plus one (CoreScripts' `enumerations.equipment` in lower case).
M.NAMES = declarations.SLOTS

--- `{ slot name = convert(item) }` from a table by slot number; slots for which `convert` returns nil are left out.
function M.named(equipment, convert)
  local named = {}
  if type(equipment) ~= "table" then return named end
  for position, name in ipairs(M.NAMES) do named[name] = convert(equipment[position - 1]) end
  return named
end

return M
