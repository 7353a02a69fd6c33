--- The class of a player.
local game = require("timmy.game.guard")

local M = {}

--- One of the game's classes by its id, a player's own by the name it was given.
function M.of(pid)
  local class = game.GetDefaultClass(pid)
  if class ~= "" then return class end
  return game.GetClassName(pid)
end

return M
