local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

local function inventory() return Players[0].data.inventory end

local function count_of(ref_id)
  local count = 0
  for _, item in pairs(inventory()) do
    if item.refId == ref_id then count = count + item.count end
  end
  return count
end

test("gives items into the table and to the client, and saves", function()
  stage.open()
  local before = count_of("gold_001")
  equal(done("give_item", { item = "gold_001", count = 250 }),
    { item = "gold_001", count = 250, total = before + 250 })
  equal(count_of("gold_001"), before + 250)
  equal(stage.calls("AddItemChange")[1], { "AddItemChange", 0, "gold_001", 250, -1, -1, "" })
  equal(stage.calls("SetInventoryChangesAction")[1][3], enumerations.inventory.ADD)
end)

test("gives one item without a count", function()
  stage.open()
  equal(done("give_item", { item = "iron longsword" }),
    { item = "iron longsword", count = 1, total = 1 })
end)

test("adds to the stack the player has, however its id is spelled", function()
  stage.open()
  local before = count_of("gold_001")
  equal(done("give_item", { item = "GOLD_001", count = 3 }).item, "gold_001")
  equal(count_of("gold_001"), before + 3)
end)

test("bounds what a player can come to own", function()
  stage.open()
  inventory()[1] = { refId = "gold_001", count = 1000000000, charge = -1, enchantmentCharge = -1, soul = "" }
  refused("give_item", { item = "gold_001", count = 1 }, "bad_arguments", "count")
end)

test("declines to give a record made at run time", function()
  declined("give_item", { item = "$custom_potion_1" }, "no_such_target", "item")
end)

test("declines item counts below one", function()
  for _, name in ipairs({ "give_item", "take_item" }) do
    declined(name, { item = "gold_001", count = 0 }, "bad_arguments", "count")
    declined(name, { item = "gold_001", count = -5 }, "bad_arguments", "count")
  end
end)

test("takes items from several stacks, leaving the rest", function()
  stage.open()
  Players[0].data.inventory = {
    [1] = { refId = "gold_001", count = 5, charge = -1, enchantmentCharge = -1, soul = "" },
    [4] = { refId = "Gold_001", count = 5, charge = -1, enchantmentCharge = -1, soul = "" },
    [7] = { refId = "iron dagger", count = 1, charge = 12 },
  }
  equal(done("take_item", { item = "gold_001", count = 8 }).total, 2)
  equal(count_of("gold_001") + count_of("Gold_001"), 2)
  equal(count_of("iron dagger"), 1)
  local taken = 0
  for _, call in ipairs(stage.calls("AddItemChange")) do taken = taken + call[4] end
  equal(taken, 8)
  equal(stage.calls("SetInventoryChangesAction")[1][3], enumerations.inventory.REMOVE)
end)

--- An inventory with one item under each of these spellings of its id.
local function spelled(...)
  local stacks = {}
  for position, spelling in ipairs({ ... }) do
    stacks[position] = { refId = spelling, count = 1, charge = -1, enchantmentCharge = -1, soul = "" }
  end
  return stacks
end

test("chooses between spellings of an id by rule: the one that was asked for, then by the alphabet", function()
  for _, asked in ipairs({ "GOLd", "GOlD", "GoLD", "gOLD", "gold" }) do
    stage.open()
    Players[0].data.inventory = spelled("gold", "gOLD", "GoLD", "GOlD", "GOLd", "GOLD")
    done("take_item", { item = asked, count = 2 })
    local taken = stage.calls("AddItemChange")
    equal({ taken[1][3], taken[2][3] }, { asked, "GOLD" })
  end
end)

test("adds to the spelling that comes first by the alphabet when none is the one asked for", function()
  local ordered = { "GOLD", "GOLd", "GOlD", "GoLD", "gOLD", "gold" }
  for position = 1, #ordered - 1 do
    stage.open()
    Players[0].data.inventory = spelled(unpack(ordered, position))
    equal(done("give_item", { item = "Gold" }).item, ordered[position])
  end
end)

test("declines to take more than there is", function()
  declined("take_item", { item = "gold_001", count = 1000000 }, "no_such_target", "count")
  declined("take_item", { item = "moon sugar" }, "no_such_target", "item")
end)

test("declines to touch an inventory that is damaged", function()
  local inventories = { "text", { "text" }, { { refId = "gold_001" } }, { { refId = "gold_001", count = "5" } } }
  for _, broken in ipairs(inventories) do
    for _, name in ipairs({ "give_item", "take_item" }) do
      stage.open()
      Players[0].data.inventory = broken
      refused(name, { item = "gold_001" }, "game_refused")
    end
  end
end)

test("saves what a player carries, once", function()
  stage.open()
  for _, name in ipairs({ "give_item", "take_item" }) do
    equal(acting.saves_of(Players[0], function() done(name, { item = "gold_001" }) end), 1, name)
  end
end)

test("puts an item that the player has into a slot, and takes it off", function()
  stage.open()
  done("give_item", { item = "iron arrow", count = 30 })
  equal(done("equip", { item = "Iron Arrow", slot = "ammunition" }), { item = "iron arrow", slot = "ammunition" })
  equal({ tes3mp.GetEquipmentItemRefId(0, 18), tes3mp.GetEquipmentItemCount(0, 18) }, { "iron arrow", 30 })
  equal(Players[0].data.equipment[18].refId, "iron arrow")
  equal(done("unequip", { slot = "ammunition" }), { slot = "ammunition" })
  equal({ tes3mp.GetEquipmentItemRefId(0, 18), Players[0].data.equipment[18] }, { "" })
  equal(count_of("iron arrow"), 30)
end)

test("declines to put on what the player has not, or the server bans", function()
  declined("equip", { item = "daedric cuirass", slot = "cuirass" }, "no_such_target", "item")
  declined("equip", { item = "Helseth's Ring", slot = "left_ring" }, "not_permitted", "item")
  declined("equip", { item = "iron dagger", slot = "tail" }, "bad_arguments", "slot")
end)

test("declines to load equipment that is damaged", function()
  for _, broken in ipairs({ "none", { [16] = { refId = "iron dagger" } }, { [16] = "iron dagger" } }) do
    stage.open()
    Players[0].data.equipment = broken
    refused("equip", { item = "iron dagger", slot = "carried_right" }, "game_refused")
    refused("unequip", { slot = "carried_right" }, "game_refused")
  end
  Players[0].data.inventory = "none"
  refused("equip", { item = "iron dagger", slot = "carried_right" }, "game_refused")
  refused("set_gold", { amount = 5 }, "game_refused")
end)

test("sets how much gold a player has, up, down, and not at all", function()
  stage.open()
  for _, amount in ipairs({ 1000, 250, 250, 0 }) do
    equal(done("set_gold", { amount = amount }), { amount = amount })
    equal(count_of("gold_001"), amount)
  end
  equal(#stage.calls("SendInventoryChanges"), 3)
end)

acting.covers("inventory")
