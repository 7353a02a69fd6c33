--- Where players are, and what their clients have loaded, for who asks by slot.
local corescripts = require("timmy.game.corescripts")
local surroundings = require("timmy.state.surroundings")

local M = {}

--- A logged-in player's { cell, x, y, z }, or nil.
function M.of(pid)
  return corescripts.player(pid) and surroundings.eye(pid) or nil
end

--- Whether its client has a cell loaded.
function M.has_loaded(pid, cell)
  local player = corescripts.table_or_none(corescripts.player(pid))
  for _, loaded in pairs(corescripts.table_or_none(player.cellsLoaded)) do
    if loaded == cell then return true end
  end
  return false
end

return M
