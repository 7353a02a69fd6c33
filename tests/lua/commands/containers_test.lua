local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

local SEYDA, BARREL = "-2, -9", "103001-0"

local function kept() return LoadedCells[SEYDA].data.objectData[BARREL] end
local function contents(name) return stage.host.player(name).objects[BARREL].contents end

local function count_of(ref_id)
  local count = 0
  for _, item in pairs(kept().inventory) do
    if item.refId:lower() == ref_id then count = count + item.count end
  end
  return count
end

local function barrel(more)
  more.unique_index, more.cell = BARREL, SEYDA
  return more
end

test("puts items into a container, for everybody", function()
  stage.open()
  local saves = acting.saves_of(LoadedCells[SEYDA], function()
    equal(done("put_in_container", barrel({ item = "GOLD_001", count = 10 })).total, 15)
  end)
  equal({ count_of("gold_001"), saves }, { 15, 1 })
  for _, name in ipairs({ "Timmy", "Jiub" }) do equal(contents(name).gold_001, 15) end
end)

test("takes items out of a container, by the stacks that are there", function()
  stage.open()
  kept().inventory = { { refId = "torch", count = 2, charge = 30, enchantmentCharge = -1, soul = "" },
    { refId = "torch", count = 3, charge = -1, enchantmentCharge = -1, soul = "" } }
  done("set_container", barrel({ items = { { item = "torch", count = 5 } } }))
  equal(done("take_from_container", barrel({ item = "torch", count = 4 })).total, 1)
  equal({ count_of("torch"), contents("Timmy").torch, contents("Jiub").torch }, { 1, 1, 1 })
  stage.settle()
  refused("take_from_container", barrel({ item = "torch", count = 2 }), "no_such_target", "count")
  refused("take_from_container", barrel({ item = "gold_001" }), "no_such_target", "item")
end)

test("takes what leaves with the charges by which a client knows it", function()
  stage.open()
  kept().inventory = { { refId = "torch", count = 2, charge = 30, enchantmentCharge = -1, soul = "" } }
  done("take_from_container", barrel({ item = "torch", count = 1 }))
  equal({ stage.calls("SetContainerItemCharge")[1][2], stage.calls("SetContainerItemActionCountByIndex")[1] },
    { 30, { "SetContainerItemActionCountByIndex", 0, 0, 1 } })
  equal(stage.calls("SetObjectListAction")[1][2], enumerations.container.REMOVE)
end)

test("sets a container's contents exactly", function()
  stage.open()
  done("set_container", barrel({ items = { { item = "gold_001", count = 100 }, { item = "torch" } } }))
  equal({ count_of("gold_001"), count_of("torch"), count_of("ingred_bread_01") }, { 100, 1, 0 })
  equal(contents("Jiub"), { gold_001 = 100, torch = 1 })
  equal(done("set_container", barrel({ items = require("timmy.wire.json").array({}) })).stacks, 0)
  equal(contents("Jiub"), {})
end)

test("fills a container whose contents were not reported", function()
  stage.open()
  kept().inventory = nil
  done("set_container", barrel({ items = { { item = "torch" } } }))
  equal(count_of("torch"), 1)
end)

test("lets what is in a container be made of a record, and ties the record to the cell", function()
  stage.open()
  local id = done("create_record", { record = { type = "book", base_id = "bk_a1_1_caiuspackage" } }).id
  done("put_in_container", barrel({ item = id }))
  equal(RecordStores.book:HasLinks(id), true)
  equal(LoadedCells[SEYDA].data.recordLinks.book[id], { BARREL })
end)

test("declines what is not there", function()
  local arguments = { put_in_container = { item = "torch" }, take_from_container = { item = "torch" },
    set_container = { items = { { item = "torch" } } } }
  for name, given in pairs(arguments) do
    given.unique_index, given.cell = "1-0", SEYDA
    declined(name, given, "no_such_target", "unique_index")
    given.cell = "9, 9"
    declined(name, given, "no_such_cell", "cell")
    stage.open()
    LoadedCells[SEYDA].data.objectData = nil
    given.cell = SEYDA
    refused(name, given, "game_refused", "cell")
  end
  declined("put_in_container", barrel({ item = "$custom_book_9" }), "no_such_target", "item")
  declined("set_container", barrel({ items = { { item = "$custom_book_9" } } }), "no_such_target", "items")
end)

test("declines contents that are unknown or damaged", function()
  for _, inventory in ipairs({ false, "rubbish", { { refId = 5 } } }) do
    for _, name in ipairs({ "put_in_container", "take_from_container" }) do
      stage.open()
      kept().inventory = inventory or nil
      refused(name, barrel({ item = "torch" }), "game_refused", "unique_index")
    end
  end
end)

test("declines lists of items that are none", function()
  for _, case in ipairs({ { 5, "" }, { "torch", "" }, { { item = "torch" }, "" },
    { { { item = "torch", count = 0 } }, ".0.count" }, { { { item = "torch" }, { count = 1 } }, ".1.item" },
    { { { item = "torch", more = 1 } }, ".0.more" } }) do
    declined("set_container", barrel({ items = case[1] }), "bad_arguments", "items" .. case[2])
  end
end)

acting.covers("containers")

test("puts in no more than a count can say", function()
  stage.open()
  kept().inventory = { { refId = "gold_001", count = 999999999, charge = -1, enchantmentCharge = -1, soul = "" } }
  refused("put_in_container", barrel({ item = "Gold_001", count = 2 }), "bad_arguments", "count")
  equal(done("put_in_container", barrel({ item = "Gold_001", count = 1 })).total, 1000000000)
end)

test("removes nothing from contents that can't be sent to clients", function()
  for _, odd in ipairs({ { charge = 1.5 }, { charge = "x" }, { count = 2 ^ 40 }, { soul = 5 }, { refId = {} } }) do
    stage.open()
    local item = { refId = "torch", count = 3, charge = -1, enchantmentCharge = -1, soul = "" }
    for name, value in pairs(odd) do item[name] = value end
    kept().inventory = { item }
    refused("take_from_container", barrel({ item = "torch", count = 1 }), "game_refused", "unique_index")
    equal(kept().inventory[1], item)
  end
end)

test("changes nothing in a cell that has lost one of its lists", function()
  stage.open()
  LoadedCells[SEYDA].data.packets.actorList = nil
  refused("put_in_container", barrel({ item = "torch" }), "game_refused", "cell")
  refused("put_in_container", { unique_index = BARREL, item = "torch" }, "game_refused", "unique_index")
end)
