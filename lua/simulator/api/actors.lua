--- Actors: the lists that Lua reads (what a cell's authority reported), and the requests a cell sends to its clients.
local lists = require("simulator.api.lists")

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
    -- A cell is gone once the last player has left it; what was selected of it goes with it.
    server.selected.actors = cell and { entries = cell.actors or {}, action = 0,
      is_gone = function() return server:listed_cell(description) ~= cell end } or { entries = {}, is_unloaded = true }
  end)
end

local function read_list(server, define)
  define("GetActorListSize", function()
    local selected = server.selected.actors
    return selected.claimed or #selected.entries
  end)
  define("GetActorListAction", function() return server.selected.actors.action end)
  define("DoesActorHavePosition", function(index)
    return lists.entry(server, "actors", index).x ~= nil
  end)
  define("DoesActorHaveStatsDynamic", function(index)
    return lists.entry(server, "actors", index).healthBase ~= nil
  end)
  define("DoesActorHavePlayerKiller", function(index)
    return lists.entry(server, "actors", index).killerPid ~= nil
  end)
  lists.fields(server, define, "actors", FIELDS)
end

local function equipment(server, define)
  for part, field in pairs(EQUIPMENT) do
    define("GetActorEquipmentItem" .. part, function(index, slot)
      local equipment_of = lists.entry(server, "actors", index).equipment
      local item = equipment_of and equipment_of[slot]
      return item and item[field]
    end)
  end
  local function equip(slot, item)
    local actor = server.writing.actor
    actor.equipment = actor.equipment or {}
    actor.equipment[slot] = item
  end
  define("EquipActorItem", function(slot, refId, count, charge, enchantmentCharge)
    equip(slot, { refId = refId, count = count, charge = charge,
      enchantmentCharge = enchantmentCharge })
  end)
  define("UnequipActorItem", function(slot) equip(slot, nil) end)
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
