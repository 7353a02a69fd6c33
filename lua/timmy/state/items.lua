--- Stacks in a player's inventory, as CoreScripts keep them: `{ refId, count, charge, enchantmentCharge, soul }`, in a
-- table that may have holes.
local corescripts = require("timmy.game.corescripts")

local M = {}

--- The fields of an unused item of the data files: full charges, no soul.
M.UNTOUCHED, M.NO_SOUL = -1, ""

--- The most of one item that an inventory or container may hold: a count is a C++ int, which overflows after
-- 2147483647.
M.MOST_HELD = 1000000000

--- A player's inventory if it is usable; else nil and an error.
function M.inventory_of(player)
  local inventory = player.data.inventory
  if corescripts.is_sound_inventory(inventory) then return inventory end
  return nil, { code = "game_refused", message = "the player's saved inventory is damaged; nothing was changed" }
end

--- How many of an item a player has under each spelling of its id (the game ignores case, CoreScripts don't), and in
-- total.
function M.spellings(inventory, ref_id)
  local wanted, counts, total = ref_id:lower(), {}, 0
  for _, item in pairs(inventory) do
    if item.refId:lower() == wanted and item.count > 0 then
      counts[item.refId] = (counts[item.refId] or 0) + item.count
      total = total + item.count
    end
  end
  return counts, total
end

--- The counted spellings in the order of use: the requested one, then the others sorted.
function M.in_order(counts, ref_id)
  local spellings = {}
  for spelling in pairs(counts) do spellings[#spellings + 1] = spelling end
  table.sort(spellings, function(one, other)
    if one == ref_id or other == ref_id then return one == ref_id and other ~= ref_id end
    return one < other
  end)
  return spellings
end

--- A stack of unused items.
function M.stack(ref_id, count)
  return { refId = ref_id, count = count, charge = M.UNTOUCHED, enchantmentCharge = M.UNTOUCHED, soul = M.NO_SOUL }
end

--- Whether an id names a record that CoreScripts created at run time: it is in their stores, not in the data files.
function M.is_generated(ref_id)
  local prefix = corescripts.setting("generatedRecordIdPrefix", "$custom")
  return ref_id:lower():find(prefix:lower(), 1, true) ~= nil
end

return M
