--- Actors that cross a cell's border: their data move to the new cell, and both cells record it.
local cell_actors = require("simulator.core.cell_actors")
local cells = require("simulator.core.cells")
local table_helper = require("simulator.core.table_helper")

local M = {}

local function move_packets(from, to, uniqueIndex)
  for kind, indexes in pairs(from.data.packets) do
    if table_helper.containsValue(indexes, uniqueIndex) then
      table.insert(to.data.packets[kind], uniqueIndex)
      table_helper.removeValue(indexes, uniqueIndex)
    end
  end
end

local function mark_move(from, to, uniqueIndex)
  if to.data.objectData[uniqueIndex].cellChangeFrom == nil then
    from.data.objectData[uniqueIndex] = { cellChangeTo = to.description }
    table.insert(from.data.packets.cellChangeTo, uniqueIndex)
    to.data.objectData[uniqueIndex].cellChangeFrom = from.description
    table.insert(to.data.packets.cellChangeFrom, uniqueIndex)
  elseif to.data.objectData[uniqueIndex].cellChangeFrom == to.description then
    to.data.objectData[uniqueIndex].cellChangeFrom, to.data.objectData[uniqueIndex].cellChangeTo = nil, nil
    table_helper.removeValue(to.data.packets.cellChangeFrom, uniqueIndex)
    table_helper.removeValue(to.data.packets.cellChangeTo, uniqueIndex)
  end
end

local function move(from, to, uniqueIndex)
  move_packets(from, to, uniqueIndex)
  to.data.objectData[uniqueIndex] = from.data.objectData[uniqueIndex]
  from.data.objectData[uniqueIndex] = nil
  mark_move(from, to, uniqueIndex)
end

local function save_one(from, index)
  local uniqueIndex = tes3mp.GetActorRefNum(index) .. "-" .. tes3mp.GetActorMpNum(index)
  local target = tes3mp.GetActorCell(index)
  if not from:ContainsObject(uniqueIndex) or target == from.description then
    return
  end
  cells.with(target, function(to)
    move(from, to, uniqueIndex)
    to.data.objectData[uniqueIndex].location = cell_actors.location(index)
  end)
end

--- Saves the moves of the received list, all from one cell.
function M.save(from)
  tes3mp.ReadReceivedActorList()
  for index = 0, tes3mp.GetActorListSize() - 1 do
    save_one(from, index)
  end
  from:QuicksaveToDrive()
end

return M
