--- The loaded cells and their visitors.
local cell = require("simulator.core.cell")

local M = {}

function M.load(description)
  if LoadedCells[description] == nil then
    LoadedCells[description] = cell.new(description)
  else
    LoadedCells[description]:SaveActorPositions()
    LoadedCells[description]:SaveActorStatsDynamic()
  end
end

function M.unload(description)
  if LoadedCells[description] ~= nil then
    LoadedCells[description]:SaveToDrive()
    LoadedCells[description] = nil
  end
end

--- Calls `use` with a cell, which is loaded for the duration of the call if necessary.
function M.with(description, use)
  local was_loaded = LoadedCells[description] ~= nil
  if not was_loaded then
    M.load(description)
  end
  use(LoadedCells[description])
  if not was_loaded then
    M.unload(description)
  end
end

function M.load_for(pid, description)
  M.load(description)
  LoadedCells[description]:AddVisitor(pid)
  if LoadedCells[description]:GetAuthority() == nil then
    LoadedCells[description]:SetAuthority(pid)
  end
end

--- The authority of a cell passes to a remaining visitor. Without one it stays: the cell is about to be unloaded.
function M.unload_for(pid, description)
  local left = LoadedCells[description]
  if left == nil then
    return
  end
  left:RemoveVisitor(pid)
  left:SaveActorPositions()
  left:SaveActorStatsDynamic()
  left:QuicksaveToDrive()
  if left:GetAuthority() == pid and #left.visitors > 0 then
    left:SetAuthority(left.visitors[1])
  end
end

return M
