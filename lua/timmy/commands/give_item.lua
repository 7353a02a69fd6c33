--- Puts items into a player's inventory: in CoreScripts' table, since the client doesn't echo it, and on the client.
local corescripts = require("timmy.corescripts")
local items = require("timmy.items")
local schema = require("timmy.schema")

local M = { name = "give_item" }

M.fields = {
  { name = "player", check = schema.name },
  { name = "item", check = schema.name },
  { name = "count", check = schema.integer(1, 1000000), default = 1 },
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

function M.run(pid, values)
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

return { M }
