--- packetReader: plain tables from a client's packet, read through the script API.
local M = {}

local players = {}

function players.PlayerClass(pid)
  local default = tes3mp.IsClassDefault(pid)
  local class = default == 1 and tes3mp.GetDefaultClass(pid) or "custom"
  return { character = { defaultClassState = default, class = class } }
end

function players.PlayerStatsDynamic(pid)
  return { stats = {
    healthBase = tes3mp.GetHealthBase(pid), healthCurrent = tes3mp.GetHealthCurrent(pid),
    magickaBase = tes3mp.GetMagickaBase(pid), magickaCurrent = tes3mp.GetMagickaCurrent(pid),
    fatigueBase = tes3mp.GetFatigueBase(pid), fatigueCurrent = tes3mp.GetFatigueCurrent(pid),
  } }
end

function players.PlayerCellChange(pid)
  return { location = {
    cell = tes3mp.GetCell(pid), posX = tes3mp.GetPosX(pid), posY = tes3mp.GetPosY(pid),
    posZ = tes3mp.GetPosZ(pid), rotX = tes3mp.GetRotX(pid), rotZ = tes3mp.GetRotZ(pid),
  } }
end

function players.PlayerInventory(pid)
  local packet = { action = tes3mp.GetInventoryChangesAction(pid), inventory = {} }
  for index = 0, tes3mp.GetInventoryChangesSize(pid) - 1 do
    table.insert(packet.inventory, {
      refId = tes3mp.GetInventoryItemRefId(pid, index), count = tes3mp.GetInventoryItemCount(pid, index),
      charge = tes3mp.GetInventoryItemCharge(pid, index),
      enchantmentCharge = tes3mp.GetInventoryItemEnchantmentCharge(pid, index),
      soul = tes3mp.GetInventoryItemSoul(pid, index),
    })
  end
  return packet
end

local function journal_item(pid, index, now)
  local item = { type = tes3mp.GetJournalItemType(pid, index), index = tes3mp.GetJournalItemIndex(pid, index),
    quest = tes3mp.GetJournalItemQuest(pid, index),
    timestamp = { daysPassed = now.daysPassed, month = now.month, day = now.day } }
  if item.type == enumerations.journal.ENTRY then
    item.actorRefId = tes3mp.GetJournalItemActorRefId(pid, index)
  end
  return item
end

function players.PlayerJournal(pid)
  local packet = { journal = {} }
  for index = 0, tes3mp.GetJournalChangesSize(pid) - 1 do
    table.insert(packet.journal, journal_item(pid, index, WorldInstance.data.time))
  end
  return packet
end

function M.GetPlayerPacketTables(pid, packetType)
  return players[packetType](pid)
end

local function killer(index)
  if tes3mp.DoesActorHavePlayerKiller(index) then
    local pid = tes3mp.GetActorKillerPid(index)
    return { pid = pid, playerName = Players[pid] and Players[pid].accountName }
  end
  return { refId = tes3mp.GetActorKillerRefId(index), name = tes3mp.GetActorKillerName(index),
    uniqueIndex = tes3mp.GetActorKillerRefNum(index) .. "-" .. tes3mp.GetActorKillerMpNum(index) }
end

local actor_parts = {}

function actor_parts.ActorList(actor, index)
  actor.refId = tes3mp.GetActorRefId(index)
end

function actor_parts.ActorDeath(actor, index)
  actor.refId = tes3mp.GetActorRefId(index)
  actor.deathState = tes3mp.GetActorDeathState(index)
  actor.killer = killer(index)
end

function actor_parts.ActorEquipment(actor, index)
  actor.equipment = {}
  for slot = 0, tes3mp.GetEquipmentSize() - 1 do
    local refId = tes3mp.GetActorEquipmentItemRefId(index, slot)
    if refId ~= "" then
      actor.equipment[slot] = { refId = refId, count = tes3mp.GetActorEquipmentItemCount(index, slot),
        charge = tes3mp.GetActorEquipmentItemCharge(index, slot),
        enchantmentCharge = tes3mp.GetActorEquipmentItemEnchantmentCharge(index, slot) }
    end
  end
end

function M.GetActorPacketTables(packetType)
  local actors = {}
  for index = 0, tes3mp.GetActorListSize() - 1 do
    local uniqueIndex = tes3mp.GetActorRefNum(index) .. "-" .. tes3mp.GetActorMpNum(index)
    local actor = { uniqueIndex = uniqueIndex }
    actor_parts[packetType](actor, index)
    actors[uniqueIndex] = actor
  end
  return { actors = actors }
end

--- The objects and players that a console command was run on.
function M.GetObjectPacketTables()
  local tables = { objects = {}, players = {} }
  for index = 0, tes3mp.GetObjectListSize() - 1 do
    if tes3mp.IsObjectPlayer(index) then
      local pid = tes3mp.GetObjectPid(index)
      tables.players[pid] = Players[pid]
    else
      local uniqueIndex = tes3mp.GetObjectRefNum(index) .. "-" .. tes3mp.GetObjectMpNum(index)
      tables.objects[uniqueIndex] = { refId = tes3mp.GetObjectRefId(index), uniqueIndex = uniqueIndex }
    end
  end
  return tables
end

return M
