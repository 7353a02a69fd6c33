--- The loaded cells, as the server keeps them: visitors, authority, and the actors reported to it.
local M = {}
M.__index = M

function M.new(world)
  return setmetatable({ world = world }, M)
end

local LOADED, UNLOADED = 0, 1 -- the kinds of a cell state

--- The server's copy of the client's last cell states.
local function note_state(self, pid, kind, description)
  local copy = self.world.server.players[pid]
  copy.cell_state_changes = { { kind = kind, cell = description } }
end

--- A client loaded a cell.
function M:enter(pid, description)
  local cells = self.world.server.cells
  if not cells[description] then
    self.loads = (self.loads or 0) + 1
    cells[description] = { visitors = {}, count = 0, actors = {}, load = self.loads }
  end
  local cell = cells[description]
  if not cell.visitors[pid] then
    cell.visitors[pid] = true
    cell.count = cell.count + 1
  end
  note_state(self, pid, LOADED, description)
  self.world.fire("OnCellLoad", pid, description)
end

--- A client unloaded a cell. With the last one the server drops the cell and its list of actors.
function M:leave(pid, description)
  note_state(self, pid, UNLOADED, description)
  self.world.fire("OnCellUnload", pid, description)
  self:drop(pid, description)
end

--- The same without the event, for a client that left.
function M:drop(pid, description)
  local cell = self.world.server.cells[description]
  if not cell or not cell.visitors[pid] then
    return
  end
  cell.visitors[pid] = nil
  cell.count = cell.count - 1
  if cell.count == 0 then
    self.world.fire("OnCellDeletion", description)
    self.world.server.cells[description] = nil
  end
end

return M
