--- Where players are, and which cells their clients have loaded.
local cache = require("timmy.game.cache")
local cells = require("timmy.state.cells")
local corescripts = require("timmy.game.corescripts")
local geometry = require("timmy.state.geometry")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local trips = require("timmy.state.trips")

local M = {}

--- The location of a player in the game: { cell, x, y, z }. During a trip it is the location before the trip.
function M.viewpoint(pid)
  local held = trips.held(pid)
  if held then return { cell = held.cell, x = held.x, y = held.y, z = held.z } end
  return {
    cell = guard.GetCell(pid),
    x = numbers.finite(guard.GetPosX(pid)),
    y = numbers.finite(guard.GetPosY(pid)),
    z = numbers.finite(guard.GetPosZ(pid)),
  }
end

--- The same of a logged-in player, else nil.
function M.of(pid)
  return corescripts.player(pid) and M.viewpoint(pid) or nil
end

local function loaded_cells(pid)
  local player = corescripts.table_or_none(corescripts.player(pid))
  return pairs(corescripts.table_or_none(player.cellsLoaded))
end

--- The loaded cells of a player's client that share a space with `here`: beyond a border, things belong to the next
-- cell.
function M.cells_around(pid, here)
  local around, seen = {}, {}
  for _, cell in loaded_cells(pid) do
    if cells.is_safe(cell) and not seen[cell] and geometry.are_joined(here, cell) then around[#around + 1] = cell end
    seen[cell] = true
  end
  return around
end

--- Seconds for which `cells_near` keeps its result: a client that goes on loads cells seldom, which is an event of its
-- player, and looking through them costs more than reading the player.
local CELLS_KEEP_S = 1

local near = cache.new(function(_, pid, here) return { here = here, cells = M.cells_around(pid, here) } end)

--- The same, at most that old unless `fresh`. Do not change it.
function M.cells_near(pid, here, now, fresh)
  local player = corescripts.player(pid)
  local known = near(player, fresh and now or now - CELLS_KEEP_S, now, pid, here)
  if known.here ~= here then known = near(player, math.huge, now, pid, here) end
  return known.cells
end

--- Whether a player's client has loaded a cell.
function M.has_loaded(pid, cell)
  for _, loaded in loaded_cells(pid) do
    if loaded == cell then return true end
  end
  return false
end

return M
