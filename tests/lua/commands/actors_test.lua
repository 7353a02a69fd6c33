local acting = require("acting")
local harness = require("harness")
local json = require("timmy.wire.json")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, holds, test = harness.equal, harness.holds, harness.test

local SEYDA, FARGOTH = "-2, -9", "102001-0"

local function cell() return LoadedCells[SEYDA] end
local function kept(index) return cell().data.objectData[index or FARGOTH] end
local function client(name) return stage.host.player(name or "Timmy") end
local function simulated() return client().world.actors:find(102001, 0) end

--- A command about Fargoth.
local function fargoth(more)
  more = more or {}
  more.unique_index = FARGOTH
  return more
end

--- The health that the server holds of an actor of Seyda Neen, as its client reported it.
local function reported(index)
  for _, actor in ipairs(require("timmy.game.guard").actors_in(SEYDA)) do
    if actor.unique_index == index then return actor end
  end
end

test("spawns a creature that the client simulating it then reports", function()
  stage.open()
  local value = done("spawn_actor", { ref_id = "rat", x = -11200, y = -70900, z = 220 })
  equal({ value.cell, value.ref_id }, { SEYDA, "rat" })
  for _, kind in ipairs({ "spawn", "actorList" }) do
    equal(tableHelper.containsValue(cell().data.packets[kind], value.unique_index), true)
  end
  equal(kept(value.unique_index).location.posX, -11200)
  equal(client("Jiub").objects[value.unique_index].spawned, true)
  stage.settle()
  equal(reported(value.unique_index).x, -11200)
end)

test("spawns nothing that a client does not know, and nothing without a player nearby", function()
  declined("spawn_actor", { ref_id = "$custom_npc_9" }, "no_such_target", "ref_id")
  declined("spawn_actor", { ref_id = "rat", x = 0, y = 0, z = 0 }, "no_such_cell", "cell")
  declined("spawn_npc", { npc = { base_id = "fargoth" }, x = 0, y = 0, z = 0 }, "no_such_cell", "cell")
end)

test("spawns an NPC of its own: a record that lasts as long as the NPC, known to all before it appears", function()
  stage.open()
  local value = done("spawn_npc", { npc = { name = "Hod", race = "Nord", class = "Warrior", gender = "female",
    health = 90, items = { { id = "iron dagger" } } }, lines = { "Aye?", "What?" } })
  local record = RecordStores.npc.data.generatedRecords[value.ref_id]
  equal({ record.name, record.class, record.gender, record.autoCalc, record.items[1].count },
    { "Hod", "Warrior", 0, 1, 1 })
  equal(value.permanent, false)
  equal(client("Jiub").records[value.ref_id].name, "Hod")
  equal(RecordStores.npc:HasLinks(value.ref_id), true)
  stage.settle()
  equal(reported(value.unique_index).health, 90)
  done("delete_object", { unique_index = value.unique_index })
  equal(RecordStores.npc:HasLinks(value.ref_id), false)
end)

test("reports what an NPC's record lacks", function()
  declined("spawn_npc", { npc = { name = "Hod" } }, "bad_arguments", "npc")
  declined("spawn_npc", { npc = { type = "creature", base_id = "rat" } }, "bad_arguments", "npc.type")
  declined("spawn_npc", { npc = { name = "Hod", race = "Nord", class = "Warrior", wings = 2 } }, "bad_arguments",
    "npc.wings")
  declined("spawn_npc", { npc = { base_id = "fargoth" }, lines = {} }, "bad_arguments", "lines")
  stage.open()
  RecordStores.npc = nil
  refused("spawn_npc", { npc = { base_id = "fargoth" } }, "game_refused", "npc")
end)

test("sends an actor's lines to the player who speaks to it, the next one each time", function()
  stage.open()
  require("timmy.state.npc_lines").install()
  done("set_actor_lines", fargoth({ lines = { "My ring!", "Gone!" } }))
  local function speak()
    stage.host.activate(0, SEYDA, { refNum = 102001, mpNum = 0, refId = "fargoth" })
    local chat = client().chat
    return chat[#chat]
  end
  equal({ speak(), speak(), speak() }, { "fargoth: My ring!\n", "fargoth: Gone!\n", "fargoth: My ring!\n" })
  local before = #client("Jiub").chat
  speak()
  equal(#client("Jiub").chat, before)
  done("set_actor_lines", fargoth({ lines = require("timmy.wire.json").array({}) }))
  before = #client().chat
  speak()
  equal({ #client().chat, kept().timmyLines }, { before, nil })
end)

test("dresses and undresses an actor, everything it wears at once", function()
  stage.open()
  done("equip_actor", fargoth({ slot = "robe", item = "common_robe_01" }))
  done("equip_actor", fargoth({ slot = "carried_right", item = "iron dagger" }))
  equal({ simulated().equipment[11].refId, simulated().equipment[16].refId }, { "common_robe_01", "iron dagger" })
  equal({ kept().equipment[11].refId, tableHelper.containsValue(cell().data.packets.equipment, FARGOTH) },
    { "common_robe_01", true })
  done("unequip_actor", fargoth({ slot = "robe" }))
  equal({ simulated().equipment[11], kept().equipment[11], kept().equipment[16].refId }, { nil, nil, "iron dagger" })
end)

test("changes nothing about an actor whose equipment is damaged", function()
  for _, odd in ipairs({ 5, { [4] = 5 }, { [4] = { refId = "x", count = 1, charge = 0.5 } },
    { [4] = { refId = "x", count = 1, enchantmentCharge = 0 / 0 } }, { [4] = { count = 1 } } }) do
    stage.open()
    kept().equipment = odd
    refused("equip_actor", fargoth({ slot = "robe", item = "common_robe_01" }), "game_refused", "unique_index")
    refused("unequip_actor", fargoth({ slot = "robe" }), "game_refused", "unique_index")
    if type(odd) == "table" then equal(odd[11], nil) end
  end
end)

test("unequips nothing from an actor whose equipment was not reported", function()
  for _, name in ipairs({ "equip_actor", "unequip_actor" }) do
    stage.open()
    kept().equipment = nil
    refused(name, fargoth({ slot = "robe", item = name == "equip_actor" and "common_robe_01" or nil }), "game_refused",
      "unique_index")
  end
  declined("equip_actor", fargoth({ slot = "robe", item = "$custom_clothing_9" }), "no_such_target", "item")
  declined("equip_actor", fargoth({ slot = "nose", item = "x" }), "bad_arguments", "slot")
end)

test("sets the stats of an actor on the client that simulates it", function()
  stage.open()
  done("set_actor_stat", fargoth({ stat = "health", value = 120 }))
  done("set_actor_stat", fargoth({ stat = "longblade", value = 77 }))
  stage.settle()
  equal({ reported(FARGOTH).health, reported(FARGOTH).health_base, simulated().stats.longblade }, { 120, 120, 77 })
  refused("set_actor_stat", fargoth({ stat = "health", value = 0 }), "bad_arguments", "value")
  refused("set_actor_stat", fargoth({ stat = "charm", value = 1 }), "bad_arguments", "stat")
end)

test("causes no kick with a console command, in both versions of CoreScripts", function()
  for _, core_scripts in ipairs({ "newest", "release" }) do
    stage.open({ core_scripts = core_scripts })
    done("animate_actor", fargoth({ group = "idle3" }))
    done("set_actor_stat", fargoth({ stat = "health", value = 50 }))
    stage.settle()
    equal({ simulated().plays, #client().console, next(Players[0].consoleCommandsQueued) }, { "idle3", 2, nil },
      core_scripts)
    holds(tes3mp.GetName(0) == "Timmy", core_scripts)
  end
end)

test("animates by a group's name only: the text is a command's", function()
  for _, group in ipairs({ "", "idle3 1", 'idle"', "idle;tcl", ("x"):rep(65) }) do
    declined("animate_actor", fargoth({ group = group }), "bad_arguments", "group")
  end
  stage.open()
  done("animate_actor", fargoth({ group = "idle3", loops = 2 }))
  equal(stage.calls("SetObjectListConsoleCommand")[1][2], "loopgroup idle3 2 1")
end)

test("puts an actor elsewhere, also into another cell", function()
  stage.open()
  done("move_actor", fargoth({ x = -11100, y = -70700, z = 214, yaw = 90 }))
  stage.run(40)
  local place = reported(FARGOTH)
  equal({ place.x, place.y }, { -11100, -70700 })
  done("move_actor", fargoth({ x = -11100, y = -74000, z = 190 }))
  stage.settle()
  holds(LoadedCells["-2, -10"]:ContainsObject(FARGOTH), "CoreScripts did not hear of it")
  equal(done("actor_stop", fargoth()).cell, "-2, -10")
end)

test("names an interior to a client, never its quotes", function()
  stage.open()
  done("move_actor", fargoth({ x = 1, y = 2, z = 3, to_cell = "Seyda Neen, Lighthouse" }))
  equal(stage.calls("SetObjectListConsoleCommand")[1][2],
    'positioncell 1.00 2.00 3.00 0.00 "Seyda Neen, Lighthouse"')
  declined("move_actor", fargoth({ x = 1, y = 2, z = 3, to_cell = 'a" 1' }), "no_such_cell", "to_cell")
  declined("move_actor", fargoth({ x = 1, y = 2, z = 3, to_cell = "5, 5" }), "bad_arguments", "to_cell")
end)

test("sends an actor's words to players near it, and to nobody else", function()
  stage.open()
  equal(done("say_as_actor", fargoth({ text = "My ring!", voice = "Vo\\x.mp3", name = "Fargoth" })).heard_by,
    { "Jiub", "Timmy" })
  equal(client().chat[#client().chat], "Fargoth: My ring!\n")
  equal(client("Jiub").speech[1], { unique_index = FARGOTH, sound = "Vo\\x.mp3" })
  equal(done("say_as_actor", fargoth({ text = "Psst", radius = 1 })).heard_by, {})
  stage.settle()
  refused("say_as_actor", fargoth(), "bad_arguments", "text")
end)

test("kills an actor, once", function()
  stage.open()
  done("kill_actor", fargoth())
  stage.settle()
  equal({ tableHelper.containsValue(cell().data.packets.death, FARGOTH), simulated().health }, { true, 0 })
  refused("kill_actor", fargoth(), "no_such_target", "unique_index")
end)

test("is not perceived any more once it is deleted", function()
  local function is_seen()
    local section = require("timmy.sections.registry").read("nearby_actors", 0, { radius = 8192 })
    for _, actor in ipairs(json.decode(json.encode(section)).actors) do
      if actor.unique_index == FARGOTH then return true end
    end
    return false
  end
  stage.open()
  equal(is_seen(), true)
  done("delete_object", fargoth())
  stage.settle()
  equal(is_seen(), false)
end)

local ABOUT = { equip_actor = { slot = "robe", item = "x" }, unequip_actor = { slot = "robe" },
  set_actor_stat = { stat = "luck", value = 1 }, say_as_actor = { text = "x" }, animate_actor = { group = "idle3" },
  move_actor = { x = -11100, y = -70700, z = 214 }, kill_actor = {}, set_actor_lines = { lines = { "x" } } }

test("declines every command about an actor with a reason", function()
  for name, arguments in pairs(ABOUT) do
    arguments.unique_index, arguments.cell = "103001-0", SEYDA
    declined(name, arguments, "no_such_target", "unique_index")
    arguments.unique_index, arguments.cell = FARGOTH, "9, 9"
    declined(name, arguments, "no_such_cell", "cell")
    arguments.cell = SEYDA
    stage.open()
    cell().authority = nil
    refused(name, arguments, "game_refused", "unique_index")
  end
end)

test("runs no command on a client that has not arrived", function()
  for _, name in ipairs({ "set_actor_stat", "animate_actor", "move_actor", "kill_actor" }) do
    stage.open()
    Players[cell().authority].consoleCommandsQueued = nil
    refused(name, ABOUT[name], "game_refused")
  end
end)

acting.covers("actors")
