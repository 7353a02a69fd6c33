--- Actors: the lists that Lua reads (what a cell's authority reported), and the requests a cell sends to its clients.
local lists = require("embedded.api.lists")

local SLOTS = 19

local FIELDS = {
  GetActorRefId = "refId", GetActorRefNum = "refNum", GetActorMpNum = "mpNum", GetActorCell = "cell",
  GetActorRefNumIndex = "refNum", GetActorPosX = "x", GetActorPosY = "y", GetActorPosZ = "z",
  GetActorRotX = "rotX", GetActorRotY = "rotY", GetActorRotZ = "rotZ",
  GetActorHealthBase = "healthBase", GetActorHealthCurrent = "healthCurrent",
  GetActorHealthModified = "healthBase", GetActorMagickaBase = "magickaBase",
  GetActorMagickaCurrent = "magickaCurrent", GetActorMagickaModified = "magickaBase",
  GetActorFatigueBase = "fatigueBase", GetActorFatigueCurrent = "fatigueCurrent",
  GetActorFatigueModified = "fatigueBase", GetActorDeathState = "deathState",
  GetActorKillerName = "killerName", GetActorKillerRefId = "killerRefId", GetActorKillerPid = "killerPid",
}

local EQUIPMENT = { RefId = "refId", Count = "count", Charge = "charge", EnchantmentCharge = "enchantmentCharge" }

local function select_list(server, define)
  local function received()
    server.selected.actors = server.received.actors
  end
  define("ReadReceivedActorList", received)
  define("ReadLastActorList", received)
  define("ReadCellActorList", function(description)
    local cell = server:listed_cell(description)
    -- Else a null pointer; and a pointer into a cell outlives it, once the last player has left that.
    server.selected.actors = cell and { entries = cell.actors or {}, action = 0,
      is_gone = function() return server:listed_cell(description) ~= cell end }
  end)
end

local function read_list(server, define)
  -- Alone of its kind it looks before it reads: 0 where nothing was selected.
  define("GetActorListSize", function()
    local selected = lists.held(server, "actors", "GetActorListSize")
    return selected and (selected.claimed or #selected.entries) or 0
  end)
  define("GetActorListAction", function()
    return lists.selected(server, "actors", "GetActorListAction").action
  end)
  define("DoesActorHavePosition", function(index)
    return lists.entry(server, "actors", "DoesActorHavePosition", index).x ~= nil
  end)
  define("DoesActorHaveStatsDynamic", function(index)
    return lists.entry(server, "actors", "DoesActorHaveStatsDynamic", index).healthBase ~= nil
  end)
  define("DoesActorHavePlayerKiller", function(index)
    return lists.entry(server, "actors", "DoesActorHavePlayerKiller", index).killerPid ~= nil
  end)
  lists.fields(server, define, "actors", FIELDS)
end

local function check_slot(server, name, slot)
  if slot < 0 or slot >= SLOTS then
    server:kill(("tes3mp.%s: equipment slot %d is not 0 to %d"):format(name, slot, SLOTS - 1))
  end
end

local function equipment(server, define)
  for part, field in pairs(EQUIPMENT) do
    local name = "GetActorEquipmentItem" .. part
    define(name, function(index, slot)
      local entry = lists.entry(server, "actors", name, index)
      check_slot(server, name, slot)
      local item = entry.equipment and entry.equipment[slot]
      return item and item[field]
    end)
  end
  local function equip(name, slot, item)
    check_slot(server, name, slot)
    local actor = server.writing.actor
    actor.equipment = actor.equipment or {}
    actor.equipment[slot] = item
  end
  define("EquipActorItem", function(slot, refId, count, charge, enchantmentCharge)
    equip("EquipActorItem", slot, { refId = refId, count = count, charge = charge,
      enchantmentCharge = enchantmentCharge })
  end)
  define("UnequipActorItem", function(slot) equip("UnequipActorItem", slot, nil) end)
end

local function written_list(server, define)
  local function clear()
    server.writing.actors = server.empty_list()
  end
  define("ClearActorList", clear)
  define("InitializeActorList", function(pid)
    clear()
    server.writing.actors.pid = pid
  end)
  define("SetActorListPid", function(pid) server.writing.actors.pid = pid end)
  define("SetActorListCell", function(cell) server.writing.actors.cell = cell end)
  define("SetActorListAction", function(action) server.writing.actors.action = action end)
end

local function sends(server, define)
  define("SendActorList", function()
    local list = server.writing.actors
    server:send(list.pid, { type = "ActorList", cell = list.cell, action = list.action }, false, false)
  end)
  define("SendActorAuthority", function()
    local list = server.writing.actors
    local cell = server.cells[list.cell]
    if cell then
      cell.authority = list.pid
    end
    server:send(list.pid, { type = "ActorAuthority", cell = list.cell }, false, false)
  end)
end

return function(server, define)
  select_list(server, define)
  read_list(server, define)
  equipment(server, define)
  written_list(server, define)
  sends(server, define)
end
