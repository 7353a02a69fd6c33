--- inventoryHelper: stacks of items in a table {refId, count, charge, enchantmentCharge, soul}, which may have holes.
local M = {}

local function same_charge(wanted, has)
  return wanted == nil or has == nil or math.floor(wanted) == math.floor(has)
end

local function matches(item, refId, charge, enchantmentCharge, soul)
  return item.refId == refId
    and (soul == nil or item.soul == soul)
    and same_charge(charge, item.charge)
    and same_charge(enchantmentCharge, item.enchantmentCharge)
end

function M.getItemIndex(inventory, refId, charge, enchantmentCharge, soul)
  for index, item in pairs(inventory) do
    if matches(item, refId, charge, enchantmentCharge, soul) then
      return index
    end
  end
  return nil
end

function M.containsItem(inventory, refId, charge, enchantmentCharge, soul)
  return M.getItemIndex(inventory, refId, charge, enchantmentCharge, soul) ~= nil
end

function M.getItemIndexes(inventory, refId)
  local indexes = {}
  for index, item in pairs(inventory) do
    if item.refId == refId then
      table.insert(indexes, index)
    end
  end
  return indexes
end

function M.addItem(inventory, refId, count, charge, enchantmentCharge, soul)
  local index = M.getItemIndex(inventory, refId, charge, enchantmentCharge, soul)
  if index then
    inventory[index].count = inventory[index].count + count
  else
    table.insert(inventory, { refId = refId, count = count, charge = charge,
      enchantmentCharge = enchantmentCharge, soul = soul })
  end
end

--- A charge of -1 means full, and is treated as farther from a number than any other charge.
local UNTOUCHED = 1000000

local function charge_distance(wanted, has)
  if wanted == nil then
    return 0
  end
  local full = function(charge) return (charge == nil or charge == -1) and UNTOUCHED or charge end
  return math.abs(full(wanted) - full(has))
end

local function distance(item, charge, enchantmentCharge, soul)
  local other_soul = soul ~= nil and (item.soul or ""):lower() ~= soul:lower()
  return (other_soul and 4 * UNTOUCHED or 0) + charge_distance(charge, item.charge)
    + charge_distance(enchantmentCharge, item.enchantmentCharge)
end

local function by_closeness(inventory, refId, charge, enchantmentCharge, soul)
  local indexes = M.getItemIndexes(inventory, refId)
  table.sort(indexes, function(one, other)
    local near = distance(inventory[one], charge, enchantmentCharge, soul)
    local far = distance(inventory[other], charge, enchantmentCharge, soul)
    return near < far or (near == far and one < other)
  end)
  return indexes
end

--- Removes `count` from the stacks most similar to the described item. An emptied stack leaves a hole.
function M.removeClosestItem(inventory, refId, count, charge, enchantmentCharge, soul)
  for _, index in ipairs(by_closeness(inventory, refId, charge, enchantmentCharge, soul)) do
    local item = inventory[index]
    local taken = math.min(count, item.count)
    item.count = item.count - taken
    count = count - taken
    if item.count < 1 then
      inventory[index] = nil
    end
    if count < 1 then
      return
    end
  end
end

function M.removeExactItem(inventory, refId, count, charge, enchantmentCharge, soul)
  local index = M.getItemIndex(inventory, refId, charge, enchantmentCharge, soul)
  if index then
    inventory[index].count = inventory[index].count - count
    if inventory[index].count < 1 then
      inventory[index] = nil
    end
  end
end

M.removeItem = M.removeClosestItem -- its old name

return M
