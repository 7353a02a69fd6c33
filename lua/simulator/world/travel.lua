--- A client's reaction to SendCell and SendPos: it loads the cell, stands in the middle of it, reports that, and only
--- then goes to the requested position. It ignores a cell that its data files don't have.
local map = require("simulator.world.map")

local M = {}

local LOAD_MS = 80 -- until the new cells are loaded
local SETTLE_MS = 20 -- from then until the cell change is reported
local MOVE_MS = 120 -- from then until the asked position is taken; sent before, it waits
local STEP_MS = 30 -- a move inside the loaded cells
local REVERT_MS = 600 -- until a client reports that it stayed (seen on a real server)

local function stay(self)
  self.arriving = false
  self:stand(self.x, self.y, self.z)
  self:report_cell(self.cell)
end

local function take_position(self)
  self.arriving = false
  local wanted = self.wanted
  self.wanted = nil
  if wanted then
    self:walk(wanted.x, wanted.y, wanted.z, wanted.yaw)
  end
end

local function arrive(self, cell)
  self:load_around(cell)
  self:after(SETTLE_MS, function()
    self:stand(map.arrival(cell))
    self:report_cell(cell)
    self:after(MOVE_MS, function() take_position(self) end, self.trip)
  end, self.trip)
end

--- The server sends the client to a cell. A newer request replaces an unfinished one.
function M.cell(self, packet)
  local cell = map.resolve(packet.cell)
  self.world.event_queue:forget(self.trip)
  self.arriving, self.wanted = true, nil
  self.refusing = cell == nil
  if cell then
    self:after(LOAD_MS, function() arrive(self, cell) end, self.trip)
  else
    self:after(REVERT_MS, function() stay(self) end, self.trip)
  end
end

--- The server sends the client to a position. It moves after loading a cell; after a refused cell it never does.
function M.position(self, packet)
  if self.arriving then
    self.wanted = not self.refusing and packet or nil
    return
  end
  self:after(STEP_MS, function()
    if not self.arriving then
      self:walk(packet.x, packet.y, packet.z, packet.yaw)
    end
  end, self.trip)
end

return M
