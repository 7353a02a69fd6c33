--- Inventory changes (packets: the server keeps no inventory) and equipment (the server's copy).
local SLOTS = 19

local ITEM_FIELDS = { RefId = "refId", Count = "count", Charge = "charge",
  EnchantmentCharge = "enchantmentCharge", Soul = "soul" }

local function equip(player, slot, item)
  player.equipment[slot] = item
  table.insert(player.equipment_changes, slot)
end

local function equipment(define, define_player)
  define("GetEquipmentSize", function() return SLOTS end)
  define_player("EquipItem", function(player, slot, id, count, charge, enchantment)
    equip(player, slot,
      { refId = id, count = count, charge = charge, enchantmentCharge = enchantment })
  end)
  define_player("UnequipItem", function(player, slot)
    equip(player, slot, { refId = "", count = 0, charge = -1, enchantmentCharge = -1 })
  end)
  define_player("HasItemEquipped", function(player, id)
    for slot = 0, SLOTS - 1 do
      if player.equipment[slot].refId:lower() == id:lower() then
        return true
      end
    end
    return false
  end)
end

local function equipment_packets(server, define_player)
  for _, part in ipairs { "RefId", "Count", "Charge", "EnchantmentCharge" } do
    define_player("GetEquipmentItem" .. part, function(player, slot)
      return player.equipment[slot][ITEM_FIELDS[part]]
    end)
  end
  define_player("GetEquipmentChangesSize", function(player) return #player.equipment_changes end)
  define_player("GetEquipmentChangesSlot", function(player, index)
    return player.equipment_changes[index + 1]
  end)
  define_player("SendEquipment", function(player)
    server:send(player.pid, { type = "Equipment" }, true, false)
    player.equipment_changes = {}
  end)
end

local function add_change(player, id, count, charge, enchantment, soul)
  table.insert(player.inventory_changes,
    { refId = id, count = count, charge = charge, enchantmentCharge = enchantment, soul = soul })
end

local function clear_changes(player)
  player.inventory_changes = { action = player.inventory_changes.action }
end

local function inventory_reading(define_player)
  define_player("GetInventoryChangesSize", function(player) return #player.inventory_changes end)
  define_player("GetInventoryChangesAction", function(player) return player.inventory_changes.action end)
  for part, field in pairs(ITEM_FIELDS) do
    define_player("GetInventoryItem" .. part, function(player, index)
      return player.inventory_changes[index + 1][field]
    end)
  end
end

local function inventory(server, define_player)
  define_player("ClearInventoryChanges", clear_changes)
  define_player("InitializeInventoryChanges", clear_changes)
  define_player("AddItemChange", add_change)
  define_player("AddItem", add_change)
  define_player("SetInventoryChangesAction", function(player, action)
    player.inventory_changes.action = action
  end)
  define_player("SendInventoryChanges", function(player, to_others, skip)
    server:send(player.pid, { type = "Inventory", action = player.inventory_changes.action,
      items = player.inventory_changes }, to_others, skip)
  end)
end

return function(server, define, define_player)
  equipment(define, define_player)
  equipment_packets(server, define_player)
  inventory_reading(define_player)
  inventory(server, define_player)
end
