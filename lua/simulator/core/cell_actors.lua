--- A cell's data of its actors: list, equipment and deaths; and, when players come and go, positions and health.
local table_helper = require("simulator.core.table_helper")

local M = {}

function M:SaveActorList(actors)
  for uniqueIndex, actor in pairs(actors) do
    self:InitializeObjectData(uniqueIndex, actor.refId)
    table_helper.insertValueIfMissing(self.data.packets.actorList, uniqueIndex)
  end
  if self.isRequestingActorList then
    self.isRequestingActorList = false
    self.data.loadState.hasFullActorList = true
  end
  self:QuicksaveToDrive()
end

function M:SaveActorEquipment(actors)
  for uniqueIndex, actor in pairs(actors) do
    if self:ContainsObject(uniqueIndex) then
      self.data.objectData[uniqueIndex].equipment = actor.equipment
      table_helper.insertValueIfMissing(self.data.packets.equipment, uniqueIndex)
    end
  end
end

function M:SaveActorDeath(actors)
  for uniqueIndex, actor in pairs(actors) do
    if self:ContainsObject(uniqueIndex) then
      WorldInstance.data.kills[actor.refId] = (WorldInstance.data.kills[actor.refId] or 0) + 1
      self.data.objectData[uniqueIndex].deathState = actor.deathState
      self.data.objectData[uniqueIndex].killer = actor.killer
      table_helper.insertValueIfMissing(self.data.packets.death, uniqueIndex)
    end
  end
  self:QuicksaveToDrive()
end

function M:SaveActorsByPacketType(packetType, actors)
  self["Save" .. packetType](self, actors)
end

--- The position of the actor at an index of the selected list.
function M.location(index)
  return {
    posX = tes3mp.GetActorPosX(index), posY = tes3mp.GetActorPosY(index), posZ = tes3mp.GetActorPosZ(index),
    rotX = tes3mp.GetActorRotX(index), rotY = tes3mp.GetActorRotY(index), rotZ = tes3mp.GetActorRotZ(index),
  }
end

local function actor_stats(index)
  return {
    healthBase = tes3mp.GetActorHealthBase(index), healthCurrent = tes3mp.GetActorHealthCurrent(index),
    healthModified = tes3mp.GetActorHealthModified(index),
    magickaBase = tes3mp.GetActorMagickaBase(index), magickaCurrent = tes3mp.GetActorMagickaCurrent(index),
    magickaModified = tes3mp.GetActorMagickaModified(index),
    fatigueBase = tes3mp.GetActorFatigueBase(index), fatigueCurrent = tes3mp.GetActorFatigueCurrent(index),
    fatigueModified = tes3mp.GetActorFatigueModified(index),
  }
end

--- Calls visit(object, index, unique index) for each actor the server follows and the cell knows.
local function each_followed(cell, visit)
  tes3mp.ReadCellActorList(cell.description)
  for index = 0, tes3mp.GetActorListSize() - 1 do
    local uniqueIndex = tes3mp.GetActorRefNum(index) .. "-" .. tes3mp.GetActorMpNum(index)
    if cell:ContainsObject(uniqueIndex) then
      visit(cell.data.objectData[uniqueIndex], index, uniqueIndex)
    end
  end
end

function M:SaveActorPositions()
  each_followed(self, function(object, index, uniqueIndex)
    if tes3mp.DoesActorHavePosition(index) then
      object.location = M.location(index)
      table_helper.insertValueIfMissing(self.data.packets.position, uniqueIndex)
    end
  end)
end

function M:SaveActorStatsDynamic()
  each_followed(self, function(object, index, uniqueIndex)
    if tes3mp.DoesActorHaveStatsDynamic(index) then
      object.stats = actor_stats(index)
      table_helper.insertValueIfMissing(self.data.packets.statsDynamic, uniqueIndex)
    end
  end)
end

return M
