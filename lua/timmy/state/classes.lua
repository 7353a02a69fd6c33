--- The class of a player.
local guard = require("timmy.game.guard")

local M = {}

--- One of the game's classes by its id, or a custom class by its name.
function M.of(pid)
  local class = guard.GetDefaultClass(pid)
  if class ~= "" then return class end
  return guard.GetClassName(pid)
end

return M
