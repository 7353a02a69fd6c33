--- A player's inventory: add, remove and equip items. CoreScripts' table is changed together with the client, which
-- does not report changes that it was sent.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local items = require("timmy.state.items")
local numbers = require("timmy.wire.numbers")

local M = {}

--- The spelling that the player's inventory already has of this id, so that the items join its stack.
local function known_spelling(counts, ref_id)
  return items.in_order(counts, ref_id)[1] or ref_id
end

local function refused(ref_id, total, count)
  if items.is_generated(ref_id) then
    local message = ref_id .. " is a record made by this server; only items of the data files can be given"
    return { code = "no_such_target", message = message, field = "item" }
  end
  if total + count > items.MOST_HELD then
    local message = string.format("the player has %d of them; more than %d can't be owned", total, items.MOST_HELD)
    return { code = "bad_arguments", message = message, field = "count" }
  end
  return nil
end

function M.give_item(pid, values)
  local player = corescripts.player(pid)
  local inventory, damaged = items.inventory_of(player)
  if not inventory then return nil, damaged end
  local counts, total = items.spellings(inventory, values.item)
  local wrong = refused(values.item, total, values.count)
  if wrong then return nil, wrong end

  local item = items.stack(known_spelling(counts, values.item), values.count)
  _G.inventoryHelper.addItem(inventory, item.refId, item.count, item.charge, item.enchantmentCharge, item.soul)
  player:LoadItemChanges({ item }, _G.enumerations.inventory.ADD)
  player:QuicksaveToDrive()
  return { item = item.refId, count = values.count, total = total + values.count }
end

--- An error if the inventory holds fewer; else nil.
local function too_few(ref_id, total, count)
  if total >= count then return nil end
  local message = string.format("the player has %d of %s, not %d", total, ref_id, count)
  return { code = "no_such_target", message = message, field = total == 0 and "item" or "count" }
end

--- The stacks to remove, one for each spelling of the id, until the count is reached.
local function choose(counts, ref_id, count)
  local chosen, missing = {}, count
  for _, spelling in ipairs(items.in_order(counts, ref_id)) do
    local taken = math.min(counts[spelling], missing)
    if taken > 0 then chosen[#chosen + 1] = items.stack(spelling, taken) end
    missing = missing - taken
  end
  return chosen
end

local function remove(inventory, item)
  local charge, enchantment_charge = item.charge, item.enchantmentCharge
  _G.inventoryHelper.removeClosestItem(inventory, item.refId, item.count, charge, enchantment_charge, item.soul)
end

function M.take_item(pid, values)
  local player = corescripts.player(pid)
  local inventory, damaged = items.inventory_of(player)
  if not inventory then return nil, damaged end
  local counts, total = items.spellings(inventory, values.item)
  local wrong = too_few(values.item, total, values.count)
  if wrong then return nil, wrong end

  local chosen = choose(counts, values.item, values.count)
  for _, item in ipairs(chosen) do remove(inventory, item) end
  player:LoadItemChanges(chosen, _G.enumerations.inventory.REMOVE)
  player:QuicksaveToDrive()
  return { item = values.item, count = values.count, total = total - values.count }
end

local function slot_number(name) return _G.enumerations.equipment[name:upper()] end

--- Sets a player's equipment slot: an item, or nil for none.
local function wear(player, name, item)
  player.data.equipment[slot_number(name)] = item
  player:LoadEquipment()
  player:QuicksaveToDrive()
end

local function damaged_equipment()
  return errors.refuse("game_refused", "the player's saved equipment is damaged; nothing was changed")
end

--- Items that CoreScripts unequip again at once.
local function is_banned(ref_id)
  for _, banned in pairs(corescripts.setting("bannedEquipmentItems", {})) do
    if type(banned) == "string" and banned:lower() == ref_id:lower() then return true end
  end
  return false
end

--- A stack of the item in the player's inventory.
local function stack_of(inventory, ref_id)
  for _, item in pairs(inventory) do
    if item.refId:lower() == ref_id:lower() and item.count > 0 then return item end
  end
end

--- Only ammunition is worn as a stack.
local function worn(item, slot_name)
  return { refId = item.refId, count = slot_name == "ammunition" and item.count or 1,
    charge = numbers.whole(item.charge, items.UNTOUCHED),
    enchantmentCharge = numbers.finite(item.enchantmentCharge, items.UNTOUCHED) }
end

function M.equip(pid, values)
  local player = corescripts.player(pid)
  local inventory, damaged = items.inventory_of(player)
  if not inventory then return nil, damaged end
  if not corescripts.is_sound_equipment(player.data.equipment) then return damaged_equipment() end
  if is_banned(values.item) then return errors.refuse("not_permitted", "this server bans " .. values.item, "item") end
  local item = stack_of(inventory, values.item)
  if not item then return errors.refuse("no_such_target", "the player does not have " .. values.item, "item") end
  wear(player, values.slot, worn(item, values.slot))
  return { item = item.refId, slot = values.slot }
end

function M.unequip(pid, values)
  local player = corescripts.player(pid)
  if not corescripts.is_sound_equipment(player.data.equipment) then return damaged_equipment() end
  wear(player, values.slot, nil)
  return { slot = values.slot }
end

local GOLD = "gold_001"

function M.set_gold(pid, values)
  local inventory, damaged = items.inventory_of(corescripts.player(pid))
  if not inventory then return nil, damaged end
  local _, total = items.spellings(inventory, GOLD)
  local change = values.amount > total and M.give_item or M.take_item
  local count = math.abs(values.amount - total)
  if count > 0 then
    local done, wrong = change(pid, { item = GOLD, count = count })
    if not done then return nil, wrong end
  end
  return { amount = values.amount }
end

return M
