--- Takes items out of a player's inventory; it must hold that many.
local corescripts = require("timmy.corescripts")
local items = require("timmy.items")
local schema = require("timmy.schema")

local M = { name = "take_item" }

M.fields = {
  { name = "player", check = schema.name },
  { name = "item", check = schema.name },
  { name = "count", check = schema.integer(1, 1000000), default = 1 },
}

local function too_few(ref_id, total, count)
  if total >= count then return nil end
  local message = string.format("the player has %d of %s, not %d", total, ref_id, count)
  return { code = "no_such_target", message = message, field = total == 0 and "item" or "count" }
end

--- The stacks to take, one for each spelling of the id, until the count is reached.
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

function M.run(pid, values)
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

return { M }
