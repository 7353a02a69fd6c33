--- The contents of containers and actors: add, remove, set.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local items = require("timmy.state.items")
local packets = require("timmy.game.object_packets")
local records = require("timmy.commands.record_making")
local things = require("timmy.state.things")

local M = {}

--- A container whose contents the server knows, and these; else nil and an error.
local function container(values)
  local thing, wrong = things.object(values)
  if not thing then return nil, wrong end
  if thing.data.inventory == nil then
    local message = "no client has reported yet what is in " .. thing.unique_index .. " (" .. thing.ref_id
      .. "), if it is a container at all; set_container gives it new contents"
    return errors.refuse("game_refused", message, "unique_index")
  end
  if not corescripts.is_sound_inventory(thing.data.inventory) then
    return errors.refuse("game_refused", "the saved contents are damaged; nothing was changed", "unique_index")
  end
  return thing
end

local function unknown_item(name, field)
  if records.is_known(name) then return nil end
  return errors.new("no_such_target", "there is no record " .. name .. " any more", field)
end

--- Saves the change and sends it to clients.
local function finish(pid, thing, action, changed)
  things.note(thing, "container")
  for _, item in ipairs(changed) do
    if action ~= _G.enumerations.container.REMOVE then records.link(thing.cell, item.refId, thing.unique_index) end
  end
  packets.contents(pid, thing, action, changed)
  thing.cell:QuicksaveToDrive()
end

local function answer(thing, more)
  local _, total = items.spellings(thing.data.inventory, more.item or "")
  more.unique_index, more.cell = thing.unique_index, thing.cell.description
  if more.item then more.total = total end
  return more
end

function M.put_in_container(pid, values)
  local thing, wrong = container(values)
  if not thing then return nil, wrong end
  wrong = unknown_item(values.item, "item")
  if wrong then return nil, wrong end
  local counts, total = items.spellings(thing.data.inventory, values.item)
  if total + values.count > items.MOST_HELD then
    local message = ("it holds %d of them; more than %d can't be held"):format(total, items.MOST_HELD)
    return errors.refuse("bad_arguments", message, "count")
  end
  local stack = items.stack(items.in_order(counts, values.item)[1] or values.item, values.count)
  _G.inventoryHelper.addItem(thing.data.inventory, stack.refId, stack.count, stack.charge, stack.enchantmentCharge,
    stack.soul)
  finish(pid, thing, _G.enumerations.container.ADD, { stack })
  return answer(thing, { item = values.item, count = values.count })
end

--- Copies of an item's stacks, each with the count to remove from it, until the count is reached. A client finds a
-- stack by its charges and soul, so these are copied.
local function leaving(inventory, ref_id, missing)
  local wanted, result = ref_id:lower(), {}
  for _, item in pairs(inventory) do
    local taken = item.refId:lower() == wanted and math.min(item.count, missing) or 0
    if taken > 0 then
      result[#result + 1] = { refId = item.refId, count = taken, charge = item.charge,
        enchantmentCharge = item.enchantmentCharge, soul = item.soul }
      missing = missing - taken
    end
  end
  return result
end

function M.take_from_container(pid, values)
  local thing, wrong = container(values)
  if not thing then return nil, wrong end
  local inventory = thing.data.inventory
  local _, total = items.spellings(inventory, values.item)
  if total < values.count then
    local message = string.format("it holds %d of %s, not %d", total, values.item, values.count)
    return errors.refuse("no_such_target", message, total == 0 and "item" or "count")
  end
  local taken = leaving(inventory, values.item, values.count)
  for _, item in ipairs(taken) do
    _G.inventoryHelper.removeExactItem(inventory, item.refId, item.count, item.charge, item.enchantmentCharge,
      item.soul)
  end
  finish(pid, thing, _G.enumerations.container.REMOVE, taken)
  return answer(thing, { item = values.item, count = values.count })
end

function M.set_container(pid, values)
  local thing, wrong = things.object(values)
  if not thing then return nil, wrong end
  local stacks = {}
  for position, wanted in ipairs(values.items) do
    wrong = unknown_item(wanted.item, "items")
    if wrong then return nil, wrong end
    stacks[position] = items.stack(wanted.item, wanted.count)
  end
  thing.data.inventory = {}
  for _, stack in ipairs(stacks) do
    _G.inventoryHelper.addItem(thing.data.inventory, stack.refId, stack.count, stack.charge, stack.enchantmentCharge,
      stack.soul)
  end
  finish(pid, thing, _G.enumerations.container.SET, stacks)
  return answer(thing, { stacks = #stacks })
end

return M
