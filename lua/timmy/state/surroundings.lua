--- Where a player looks from, and what cells it looks into.
local cells = require("timmy.state.cells")
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local geometry = require("timmy.state.geometry")
local numbers = require("timmy.wire.numbers")
local trips = require("timmy.state.trips")

local M = {}

--- A player's place: { cell, x, y, z }; of one that is under way, the place before.
function M.eye(pid)
  local held = trips.held(pid)
  if held then return { cell = held.cell, x = held.x, y = held.y, z = held.z } end
  return {
    cell = guard.GetCell(pid),
    x = numbers.finite(guard.GetPosX(pid)),
    y = numbers.finite(guard.GetPosY(pid)),
    z = numbers.finite(guard.GetPosZ(pid)),
  }
end

--- The cells that its client has loaded and that share a space with `here`: those across a cell's border belong to the
-- next cell.
function M.cells(pid, here)
  local around, seen = {}, {}
  for _, cell in pairs(corescripts.table_or_none(corescripts.player(pid).cellsLoaded)) do
    if cells.is_safe(cell) and not seen[cell] and geometry.are_joined(here, cell) then around[#around + 1] = cell end
    seen[cell] = true
  end
  return around
end

return M
