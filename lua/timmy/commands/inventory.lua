--- What a player carries: items put into its inventory, or taken out of it. CoreScripts' table is changed with the
-- client, which doesn't echo what it is sent.
local corescripts = require("timmy.corescripts")
local items = require("timmy.items")
local schema = require("timmy.schema")

local item_count = schema.integer(1, 1000000)

local give = { name = "give_item" }

give.fields = {
  { name = "player", check = schema.name },
  { name = "item", check = schema.name },
  { name = "count", check = item_count, default = 1 },
}

--- The most of one item a player may come to own: a count is a C++ int, which would wrap at 2147483647.
local MOST_OWNED = 1000000000

--- The spelling that the player already has of this id, so that the items join their stack.
local function known_spelling(counts, ref_id)
  return items.in_order(counts, ref_id)[1] or ref_id
end

local function refused(ref_id, total, count)
  if items.is_generated(ref_id) then
    local message = ref_id .. " is a record made by this server; only items of the data files can be given"
    return { code = "no_such_target", message = message, field = "item" }
  end
  if total + count > MOST_OWNED then
    local message = string.format("the player has %d of them; more than %d can't be owned", total, MOST_OWNED)
    return { code = "bad_arguments", message = message, field = "count" }
  end
  return nil
end

function give.available(pid) return items.inventory_of(corescripts.player(pid)) end

function give.run(pid, values)
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

--- It must hold that many.
local take = { name = "take_item" }

take.fields = {
  { name = "player", check = schema.name },
  { name = "item", check = schema.name },
  { name = "count", check = item_count, default = 1 },
}

take.available = give.available

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

function take.run(pid, values)
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

return { give, take }
