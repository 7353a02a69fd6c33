local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, holds, test = harness.equal, harness.holds, harness.test

local SEYDA = "-2, -9"
local BARREL = "103001-0"

local function cell() return LoadedCells[SEYDA] end
local function kept(index) return cell().data.objectData[index] end
local function listed(kind, index) return tableHelper.containsValue(cell().data.packets[kind], index) end
local function client(name) return stage.host.player(name or "Timmy") end

--- A command about the barrel.
local function barrel(more)
  more = more or {}
  more.unique_index, more.cell = BARREL, SEYDA
  return more
end

test("places an item for everybody, and remembers how much of it", function()
  stage.open()
  local value = done("place_item", { item = "gold_001", count = 25, x = -11200, y = -70900, z = 220, yaw = 90 })
  equal({ value.cell, value.count, value.unique_index:match("^0%-%d+$") ~= nil }, { SEYDA, 25, true })
  local saved = kept(value.unique_index)
  equal({ saved.refId, saved.count, saved.location.posX, listed("place", value.unique_index) },
    { "gold_001", 25, -11200, true })
  equal(saved.location.rotZ, math.rad(90))
  for _, name in ipairs({ "Timmy", "Jiub" }) do
    equal(client(name).objects[value.unique_index].count, 25)
  end
end)

test("places an item at the player's position by default", function()
  stage.open()
  local value = done("place_item", { item = "torch" })
  equal({ value.x, value.y, value.z }, { tes3mp.GetPosX(0), tes3mp.GetPosY(0), tes3mp.GetPosZ(0) })
end)

test("gives each thing an index of its own", function()
  stage.open()
  local one, other = done("place_item", { item = "torch" }), done("place_item", { item = "torch" })
  holds(one.unique_index ~= other.unique_index)
end)

test("sends placed objects to players who join later", function()
  stage.open()
  local value = done("place_item", { item = "gold_001", count = 7 })
  stage.host.connect("Ralen")
  equal(client("Ralen").objects[value.unique_index].count, 7)
end)

test("declines places that are none", function()
  declined("place_item", { item = "torch", x = 1 }, "bad_arguments", "x")
  declined("place_item", { item = "torch", cell = SEYDA }, "bad_arguments", "cell")
  declined("place_item", { item = "torch", cell = SEYDA, x = 0, y = 0, z = 0 }, "bad_arguments", "cell")
  declined("place_item", { item = "torch", cell = "Balmora, Temple", x = 0, y = 0, z = 0 }, "no_such_cell", "cell")
  declined("place_item", { item = "torch", x = 500000, y = 0, z = 0 }, "no_such_cell", "cell")
  declined("place_item", { item = "$custom_potion_9" }, "no_such_target", "item")
end)

test("declines to touch a cell whose data are damaged", function()
  for _, name in ipairs({ "place_item", "delete_object", "lock_object" }) do
    stage.open()
    cell().data.packets = nil
    local arguments = name == "place_item" and { item = "torch" } or barrel()
    refused(name, arguments, "game_refused", "cell")
  end
end)

local CHANGES = {
  { "scale_object", { scale = 2 }, "scale", "scale", 2 },
  { "lock_object", { level = 40 }, "lock", "lockLevel", 40 },
  { "unlock_object", {}, "lock", "lockLevel", 0 },
  { "set_door", { state = "open" }, "doorState", "doorState", 1 },
  { "set_door", { state = "closed" }, "doorState", "doorState", 2 },
  { "disable_object", {}, "state", "state", false },
  { "enable_object", {}, "state", "state", true },
}

test("changes an object in the cell's data and for every client", function()
  for _, change in ipairs(CHANGES) do
    stage.open()
    local saves = acting.saves_of(cell(), function() done(change[1], barrel(change[2])) end)
    equal({ kept(BARREL)[change[4]], listed(change[3], BARREL), saves }, { change[5], true, 1 }, change[1])
    for _, name in ipairs({ "Timmy", "Jiub" }) do
      equal(client(name).objects[BARREL][change[4]], change[5], change[1])
    end
  end
end)

test("finds an object's cell by itself", function()
  stage.open()
  equal(done("lock_object", { unique_index = BARREL }).cell, SEYDA)
end)

test("disarms a trap", function()
  stage.open()
  done("untrap_object", barrel())
  equal({ listed("trap", BARREL), client().objects[BARREL].disarmed }, { true, true })
end)

test("locks and disarms no actor, and opens none", function()
  for _, name in ipairs({ "lock_object", "unlock_object", "untrap_object" }) do
    declined(name, { unique_index = "102001-0" }, "bad_arguments", "unique_index")
  end
  declined("set_door", { unique_index = "102001-0", state = "open" }, "bad_arguments", "unique_index")
end)

test("deletes an object of the data files for good, and forgets what was made", function()
  stage.open()
  done("delete_object", barrel())
  equal({ listed("delete", BARREL), client().objects[BARREL].deleted }, { true, true })
  cell():EnsurePacketValidity()
  equal(listed("delete", BARREL), true)
  stage.settle()
  refused("lock_object", barrel(), "no_such_target", "unique_index")
  local made = done("place_item", { item = "torch" }).unique_index
  done("delete_object", { unique_index = made, cell = SEYDA })
  equal({ kept(made), listed("place", made), listed("delete", made) }, { nil, false, false })
  stage.settle()
  refused("delete_object", { unique_index = made, cell = SEYDA }, "no_such_target", "unique_index")
end)

test("moves and turns what was placed for good, and the rest while its cell is loaded", function()
  stage.open()
  local made = done("place_item", { item = "torch", x = -11200, y = -70900, z = 220 }).unique_index
  equal(done("move_object", { unique_index = made, x = -11000, y = -70800, z = 225 }).lasting, true)
  equal({ kept(made).location.posX, client("Jiub").objects[made].x }, { -11000, -11000 })
  equal(done("rotate_object", { unique_index = made, yaw = 180 }).lasting, true)
  equal({ kept(made).location.rotZ, client().objects[made].rotZ }, { math.rad(180), math.rad(180) })
  equal(done("move_object", barrel({ x = -11100, y = -70800, z = 220 })).lasting, false)
  equal(client().objects[BARREL].x, -11100)
end)

test("moves nothing out of its cell, and no actor", function()
  declined("move_object", barrel({ x = 0, y = 0, z = 0 }), "bad_arguments", "x")
  declined("move_object", { unique_index = "102001-0", x = -11100, y = -70800, z = 0 }, "bad_arguments",
    "unique_index")
  declined("rotate_object", { unique_index = "102001-0", yaw = 1 }, "bad_arguments", "unique_index")
end)

test("lets a player use what is near it only", function()
  stage.open()
  done("activate_object", barrel())
  equal(client().activated, { BARREL })
  equal(client("Jiub").activated, {})
  stage.open()
  tableHelper.removeValue(cell().visitors, 0)
  refused("activate_object", barrel(), "game_refused")
end)

test("lets an object sound, and a door lead elsewhere", function()
  stage.open()
  done("play_object_sound", barrel({ sound = "Door Creaky Open", volume = 0.5 }))
  equal(client("Jiub").objects[BARREL].sound, "Door Creaky Open")
  equal(done("set_door_destination", barrel({ to_cell = "Balmora, Temple", x = 1, y = 2, z = 3 })).lasting, false)
  equal(client().objects[BARREL].destination, "Balmora, Temple")
  stage.settle()
  refused("set_door_destination", barrel({ to_cell = "5, 5", x = 1, y = 2, z = 3 }), "no_such_cell", "to_cell")
end)

test("gives a merchant gold, and no barrel", function()
  stage.open()
  done("set_merchant_gold", { unique_index = "102001-0", gold = 500 })
  equal({ client().objects["102001-0"].goldPool, LoadedCells[SEYDA].data.objectData["102001-0"].goldPool },
    { 500, 500 })
  stage.settle()
  refused("set_merchant_gold", barrel({ gold = 1 }), "no_such_target", "unique_index")
end)

local OTHERS = { delete_object = {}, move_object = { x = -11100, y = -70800, z = 220 }, rotate_object = { yaw = 1 },
  scale_object = { scale = 1 }, lock_object = {}, unlock_object = {}, untrap_object = {}, set_door = { state = "open" },
  enable_object = {}, disable_object = {}, activate_object = {}, play_object_sound = { sound = "x" },
  set_merchant_gold = { gold = 1 }, set_door_destination = { to_cell = "x", x = 1, y = 1, z = 1 } }

test("refuses every command about an object that does not exist", function()
  for name, arguments in pairs(OTHERS) do
    arguments.unique_index, arguments.cell = "1-0", SEYDA
    declined(name, arguments, "no_such_target", "unique_index")
    arguments.cell = nil
    declined(name, arguments, "no_such_target", "unique_index")
    arguments.cell = "9, 9"
    declined(name, arguments, "no_such_cell", "cell")
    arguments.cell = SEYDA
    stage.open()
    cell().data.objectData = 5
    refused(name, arguments, "game_refused", "cell")
    for _, index in ipairs({ "12345", "a-0", "-1-0", "99999999999-0", "1-0 ", 5 }) do
      arguments.unique_index = index
      declined(name, arguments, "bad_arguments", "unique_index")
    end
  end
end)

test("reports where an object went", function()
  stage.open()
  local _, wrong = acting.run("lock_object", { player = "Timmy", unique_index = BARREL, cell = "-2, -10" })
  harness.contains(wrong.message, "it is in " .. SEYDA)
end)

acting.covers("objects")
