--- The contents of the data files' containers: a client reports those of a cell on request.
local population = require("simulator.world.population")

local M = {}
M.__index = M

local REPLY = 4 -- enumerations.containerSub.REPLY_TO_REQUEST

function M.new(world)
  return setmetatable({ world = world }, M)
end

function M:report(client, cell)
  if not client.loaded[cell] then
    return
  end
  local received = self.world.server.empty_list()
  received.cell, received.sub_action = cell, REPLY
  for _, container in ipairs(population.CONTAINERS) do
    if container.cell == cell then
      table.insert(received.entries, container)
    end
  end
  self.world.server.received.objects = received
  client:fire("OnContainer", cell)
end

return M
