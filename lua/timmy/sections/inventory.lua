--- A player's inventory.
local cache = require("timmy.game.cache")
local corescripts = require("timmy.game.corescripts")
local json = require("timmy.wire.json")
local stack = require("timmy.state.stack")

--- The most stacks listed: more than a large inventory has. Beyond that a snapshot would be mostly inventory.
local MOST_STACKS = 500

--- The keys in order: the table has holes, and the same inventory must always yield the same list.
local function sorted_keys(inventory)
  local keys = {}
  for key in pairs(inventory) do
    if type(key) == "number" then keys[#keys + 1] = key end
  end
  table.sort(keys)
  return keys
end

local stacks_in = cache.of_content(function(inventory)
  local items, truncated = {}, false
  for _, key in ipairs(sorted_keys(inventory)) do
    local item = stack(inventory[key])
    if item and #items == MOST_STACKS then
      truncated = true
      break
    end
    items[#items + 1] = item
  end
  return json.constant({ items = json.array(items), truncated = truncated })
end)

return function(pid, options)
  local player = corescripts.player(pid)
  return stacks_in(player, corescripts.table_or_none(player.data.inventory), options)
end
