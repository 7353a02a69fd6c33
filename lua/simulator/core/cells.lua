--- Which cells are loaded, and for whom.
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

--- Calls `use` with a cell, loaded for the time of the call where nobody has it loaded.
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

--- The authority of a cell goes to somebody who is still there. With nobody left it stays: the cell is about to go.
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
