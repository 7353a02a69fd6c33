--- What a player does with keys and mouse, through the commands: the simulated client moves, uses, talks and fights,
-- and reports it as a real one.
local acting = require("acting")
local deferred = require("timmy.server.deferred")
local harness = require("harness")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local PATIENCE_MS, STEP_MS = 60000, 50
local ARRILLES, ARRILLE = "Seyda Neen, Arrille's Tradehouse", "102101-0"
local ARRILLES_DOOR, ARRILLES_EXIT = "107003-0", "107004-0"
local BARREL, CRATE, BOTTLE = "103001-0", "103004-0", "0-1"
local RAT = "102008-0"

--- The value of a command once it has ended, in the world's time; or nil and the error.
local function outcome_of(name, arguments)
  arguments.player = arguments.player or "Timmy"
  local value, wrong = acting.run(name, arguments)
  if not deferred.is(value) then return value, wrong end
  for _ = 1, PATIENCE_MS / STEP_MS do
    if value.is_settled then return value.value, value.error end
    stage.run(STEP_MS)
  end
  error(name .. " does not end")
end

local function done(name, arguments)
  local value, wrong = outcome_of(name, arguments or {})
  holds(value, wrong and name .. ": " .. wrong.message)
  return value
end

--- Checks that a command is declined, and marks the refusal as seen.
local function denied(name, arguments, code, field)
  stage.forget()
  acting.refused_after_trying(name, arguments, code, field)
end

--- The same for one that was begun.
local function fails(name, arguments, code)
  local value, wrong = outcome_of(name, arguments)
  equal({ value, wrong and wrong.code }, { nil, code })
end

local function go_to(cell, x, y, z)
  done("teleport", { cell = cell, x = x, y = y, z = z })
  stage.settle()
end

--- The hooks that ran from now on, in order, each with its arguments after the status.
local function listen(...)
  local heard = {}
  for _, hook in ipairs({ ... }) do
    customEventHooks.registerHandler(hook, function(_, ...) heard[#heard + 1] = { hook, ... } end)
  end
  return heard
end

local function names(heard)
  local result = {}
  for position, one in ipairs(heard) do result[position] = one[1] end
  return result
end

local function count_of(item)
  return stage.client().inventory[item] or 0
end

test("walks at the speed that follows from Speed and what is carried, by the world's time", function()
  stage.open()
  local value = done("walk", { seconds = 2 })
  equal(value.ended_by, "time")
  holds(math.abs(value.seconds - 2) < 1e-9)
  local inventory, weight = stage.client().inventory, 0
  for id, count in pairs(inventory) do
    weight = weight + require("simulator.scene.catalogue").item(id).weight * count
  end
  local expected = 2 * (100 + 40) * (1 - 0.3 * weight / 200)
  holds(math.abs(value.distance - expected) < 0.01, "not the formula's distance: " .. value.distance)
  equal({ tes3mp.GetPosX(0), tes3mp.GetPosY(0) }, { value.x, value.y })
end)

test("runs faster by Athletics, and no farther than asked for", function()
  stage.open()
  local walked, ran = done("walk", { seconds = 1 }), done("run", { seconds = 1 })
  holds(math.abs(ran.distance / walked.distance - (1.75 + 0.1)) < 0.001)
  local short = done("run", { seconds = 20, distance = 100 })
  equal({ short.ended_by, math.floor(short.distance + 0.5) }, { "distance", 100 })
end)

test("moves in the direction of its view, or to a side of it", function()
  stage.open()
  done("turn", { yaw = 0 })
  local y = tes3mp.GetPosY(0)
  holds(done("walk", { distance = 50, seconds = 9 }).y > y + 49)
  done("turn", { by = 90 })
  local x = tes3mp.GetPosX(0)
  holds(done("walk", { distance = 50, seconds = 9 }).x > x + 49)
  holds(math.abs(done("walk", { direction = "back", distance = 50, seconds = 9 }).x - x) < 0.01)
  local before = tes3mp.GetPosY(0)
  holds(done("walk", { direction = "left", distance = 50, seconds = 9 }).y > before + 49)
end)

test("follows the height of the ground, and stands on the measured spots at their height", function()
  stage.open()
  local terrain = require("simulator.scene.terrain")
  equal(terrain.height("-3, -2", -23894, -15079), 505)
  done("turn", { yaw = 135 })
  local value = done("run", { seconds = 8 })
  holds(value.z ~= -70912 and math.abs(value.z - terrain.height(value.cell, value.x, value.y)) < 1e-9)
end)

test("slides along walls and stops in front of one", function()
  stage.open()
  go_to(ARRILLES, -400, -128, 386)
  done("turn", { yaw = 270 })
  local value = done("run", { seconds = 20 })
  equal({ value.ended_by, value.x > -448 - 160, value.y }, { "wall", true, -128 })
  done("turn", { yaw = 315 })
  holds(done("walk", { seconds = 1 }).y > -128 + 50, "it slides to the north")
end)

test("crosses a border as a real client does: cells are loaded, then the change is reported", function()
  stage.open()
  go_to("-2, -9", -8250, -71150, 300)
  local heard = listen("OnCellLoad", "OnCellUnload", "OnPlayerCellChange")
  done("turn", { yaw = 90 })
  equal(done("run", { distance = 200, seconds = 9 }).cell, "-1, -9")
  local hooks = names(heard)
  equal({ hooks[1], hooks[#hooks] }, { "OnCellUnload", "OnPlayerCellChange" })
  equal(heard[#heard][3].location.cell, "-1, -9")
end)

test("ends an older movement when another begins, and on demand", function()
  stage.open()
  local first = acting.run("walk", { player = "Timmy", seconds = 30 })
  stage.run(500)
  local second = acting.run("run", { player = "Timmy", seconds = 30 })
  equal({ first.is_settled, first.value.ended_by }, { true, "replaced" })
  stage.run(500)
  equal(done("stop_moving").was_moving, true)
  equal({ second.value.ended_by, done("stop_moving").was_moving }, { "stopped", false })
end)

test("stops a player whose command is past its deadline", function()
  stage.open()
  local outcome = acting.run("walk", { player = "Timmy", seconds = 30 })
  stage.run(500)
  outcome:settle(nil, { code = "expired" })
  stage.run(100)
  local x = tes3mp.GetPosX(0)
  stage.run(1000)
  equal(tes3mp.GetPosX(0), x)
end)

test("ends a movement when the player is sent elsewhere, or dies", function()
  stage.open()
  local outcome = acting.run("walk", { player = "Timmy", seconds = 30 })
  done("teleport", { to = "Balmora" })
  stage.settle()
  equal(outcome.value.ended_by, "teleport")
  outcome = acting.run("walk", { player = "Timmy", seconds = 30 })
  stage.host.kill(0)
  stage.run(200)
  equal(outcome.value.ended_by, "death")
  denied("walk", {}, "game_refused")
end)

test("turns and looks up, and jumps as high as Acrobatics allows", function()
  stage.open()
  local value = done("turn", { yaw = -90, pitch = -30 })
  equal({ value.yaw, math.floor(value.pitch + 0.5) }, { 270, -30 })
  holds(math.abs(tes3mp.GetRotZ(0) + math.pi / 2) < 1e-9)
  local z = tes3mp.GetPosZ(0)
  local outcome = acting.run("jump", { player = "Timmy" })
  stage.run(300)
  holds(tes3mp.GetPosZ(0) > z + 30, "in the air")
  stage.run(2000)
  holds(outcome.value.height > 60 and math.abs(tes3mp.GetPosZ(0) - z) < 20)
end)

test("declines a turn without one clear meaning", function()
  stage.open()
  denied("turn", {}, "bad_arguments", "yaw")
  denied("turn", { yaw = 1, by = 1 }, "bad_arguments", "by")
end)

test("sees doors with their destinations, containers, items and people, the nearest first", function()
  stage.open()
  local things, by_index, last = done("look", { radius = 1500 }).things, {}, 0
  for _, thing in ipairs(things) do
    holds(thing.distance >= last)
    by_index[thing.unique_index], last = thing, thing.distance
  end
  equal({ by_index[ARRILLES_DOOR].leads_to, by_index[ARRILLES_DOOR].kind }, { ARRILLES, "door" })
  equal({ by_index[BARREL].kind, by_index[BOTTLE].kind, by_index[BOTTLE].count }, { "container", "item", 2 })
  equal(by_index["102001-0"].name, "Fargoth")
end)

test("activates by way of the server: it asks, the scripts agree, then it happens", function()
  stage.open()
  go_to("-2, -9", -11180, -70850, 222)
  local heard = listen("OnObjectActivate", "OnObjectDelete", "OnPlayerInventory")
  local bottles = count_of("misc_com_bottle_01")
  local value = done("activate", { unique_index = BOTTLE })
  equal(value, { kind = "item", item = "misc_com_bottle_01", count = 2 })
  equal(names(heard), { "OnObjectDelete", "OnPlayerInventory", "OnObjectActivate" })
  equal({ heard[1][4][BOTTLE].refId, count_of("misc_com_bottle_01") }, { "misc_com_bottle_01", bottles + 2 })
  equal(stage.client("Jiub").objects[BOTTLE].deleted, true)
  denied("activate", { unique_index = BOTTLE }, "no_such_target", "unique_index")
end)

test("does nothing that the server's scripts prevent", function()
  stage.open()
  customEventHooks.registerValidator("OnObjectActivate", function()
    return customEventHooks.makeEventStatus(false, false)
  end)
  for _, verb in ipairs({ "activate", "open" }) do fails(verb, { unique_index = BARREL }, "game_refused") end
  equal(stage.client().window, nil)
end)

test("reaches only what is near", function()
  stage.open()
  for _, verb in ipairs({ "activate", "open", "take", "talk" }) do
    denied(verb, { unique_index = "102003-0" }, "game_refused", "unique_index")
    denied(verb, { unique_index = "9-9" }, "no_such_target", "unique_index")
  end
end)

test("goes through doors, in and out again", function()
  stage.open()
  go_to("-2, -9", -11600, -70250, 215)
  local heard = listen("OnPlayerCellChange")
  equal(done("open", { unique_index = ARRILLES_DOOR }).cell, ARRILLES)
  equal({ tes3mp.GetCell(0), Players[0].cellsLoaded }, { ARRILLES, { ARRILLES } })
  equal(heard[1][3].location.cell, ARRILLES)
  equal(done("activate", { unique_index = ARRILLES_EXIT }).cell, "-2, -9")
  equal(#Players[0].cellsLoaded, 9)
end)

test("swings a door without a destination, unless it is locked", function()
  stage.open()
  go_to("-2, -9", -12500, -71380, 200)
  local heard = listen("OnDoorState")
  equal(done("open", { unique_index = "106001-0" }).door, "closed")
  equal(done("open", { unique_index = "106001-0" }).door, "open")
  equal({ #heard, heard[2][4]["106001-0"].doorState }, { 2, 1 })
  go_to("-2, -9", -10900, -71350, 230)
  denied("open", { unique_index = "106002-0" }, "game_refused", "unique_index")
end)

test("takes from a container by way of the server, which decides how many there are", function()
  stage.open()
  denied("take", { unique_index = BARREL, item = "ingred_bread_01" }, "game_refused", "unique_index")
  local opened = done("open", { unique_index = BARREL })
  equal(opened.contents, { { item = "gold_001", count = 5 }, { item = "ingred_bread_01", count = 3 } })
  local heard = listen("OnContainer", "OnPlayerInventory")
  equal(done("take", { unique_index = BARREL, item = "ingred_bread_01", count = 2 }).count, 2)
  equal({ names(heard), count_of("ingred_bread_01") }, { { "OnPlayerInventory", "OnContainer" }, 2 })
  equal(stage.client("Jiub").objects[BARREL].contents, { gold_001 = 5, ingred_bread_01 = 1 })
  denied("take", { unique_index = BARREL, item = "ingred_bread_01", count = 2 }, "no_such_target", "item")
  LoadedCells["-2, -9"].data.objectData[BARREL].inventory = {}
  fails("take", { unique_index = BARREL, item = "gold_001" }, "game_refused")
end)

test("talks: a greeting teaches topics, a topic teaches others", function()
  stage.open()
  go_to("Balmora, Eight Plates", 590, 64, 130)
  local heard = listen("OnPlayerTopic", "OnObjectDialogueChoice")
  local talk = done("talk", { unique_index = "104101-0" })
  equal({ talk.name, talk.topics, talk.barters }, { "Dulnea Ralaal", { "beds", "little advice" }, false })
  equal(done("choose_topic", { topic = "Beds" }).topics, { "beds", "little advice", "quiet rooms" })
  equal(names(heard), { "OnPlayerTopic", "OnPlayerTopic", "OnObjectDialogueChoice" })
  equal(heard[3][4]["104101-0"].dialogueTopic, "beds")
  denied("choose_topic", { topic = "lost ledger" }, "no_such_target", "topic")
  denied("barter", { deal = "buy", item = "torch" }, "game_refused")
  done("walk", { distance = 20, seconds = 2 })
  denied("choose_topic", { topic = "beds" }, "game_refused")
end)

test("barters: goods, gold and the merchant's purse change hands", function()
  stage.open()
  go_to(ARRILLES, 22, -128, 386)
  done("talk", { unique_index = ARRILLE })
  local gold = count_of("gold_001")
  equal(done("barter", { deal = "buy", item = "torch", count = 2 }).price, 4)
  equal({ count_of("gold_001"), count_of("torch") }, { gold - 4, 2 })
  equal(done("barter", { deal = "sell", item = "torch" }).gold, gold - 3)
  local data = LoadedCells[ARRILLES].data.objectData[ARRILLE]
  equal({ data.goldPool, stage.client().objects[ARRILLE].contents.torch }, { 803, 4 })
  denied("barter", { deal = "buy", item = "torch", count = 100 }, "game_refused", "item")
end)

test("a merchant sells to nobody who can't pay", function()
  stage.open()
  go_to(ARRILLES, 22, -128, 386)
  done("talk", { unique_index = ARRILLE })
  done("take_item", { item = "gold_001", count = 80 })
  stage.settle()
  denied("barter", { deal = "buy", item = "iron_shield" }, "game_refused", "count")
end)

local function set_health(points)
  for _, stat in ipairs({ "health_base", "health" }) do done("set_stat", { stat = stat, value = points }) end
end

local function fight()
  for _ = 1, 60 do
    local rat = require("simulator.world.sight").find(stage.client(), RAT)
    if not rat or rat.is_dead then return end
    done("turn", { yaw = math.deg(math.atan2(rat.x - stage.client().x, rat.y - stage.client().y)) })
    outcome_of("attack", {})
  end
end

test("fights: blows are reported as hits, a creature strikes back, dies, and leaves what it carried", function()
  stage.open()
  set_health(200)
  go_to("-2, -10", -9350, -74950, 190)
  local heard = listen("OnObjectHit", "OnActorDeath")
  fight()
  local by_player, by_rat = 0, 0
  for _, one in ipairs(heard) do
    if one[1] == "OnObjectHit" and one[4][RAT] then by_player = by_player + 1 end
    if one[1] == "OnObjectHit" and one[5][0] then by_rat = by_rat + 1 end
  end
  holds(by_player >= 3 and by_rat >= 1, by_player .. " and " .. by_rat)
  local death = heard[#heard]
  equal({ death[1], death[4][RAT].killer.pid }, { "OnActorDeath", 0 })
  stage.run(100)
  equal(stage.client().kills.rat, 2)
  equal(done("open", { unique_index = RAT }).contents, { { item = "ingred_rat_meat_01", count = 1 } })
  equal(done("take", { unique_index = RAT, item = "ingred_rat_meat_01" }).count, 1)
  denied("talk", { unique_index = RAT }, "game_refused", "unique_index")
end)

test("a player can be killed by a creature", function()
  stage.open()
  done("set_stat", { stat = "health", value = 2 })
  stage.settle()
  local heard = listen("OnPlayerDeath")
  go_to("-2, -10", -9400, -74950, 190)
  for _ = 1, 400 do
    if heard[1] then break end
    stage.run(STEP_MS)
  end
  equal({ heard[1][2], tes3mp.GetPlayerKillerName(0) }, { 0, "rat" })
end)

test("strikes only what is in front and within reach, one blow at a time", function()
  stage.open()
  denied("attack", { unique_index = RAT }, "game_refused", "unique_index")
  equal(done("attack"), { hit = false, damage = 0 })
  acting.run("attack", { player = "Timmy" })
  denied("attack", {}, "game_refused")
end)

test("blocks with a shield, and not without one", function()
  stage.open()
  denied("block", {}, "game_refused")
  done("give_item", { item = "iron_shield" })
  done("equip", { item = "iron_shield", slot = "carried_left" })
  done("set_stat", { stat = "Block", value = 100 })
  set_health(200)
  go_to("-2, -10", -9400, -74950, 190)
  holds(done("block", { seconds = 30 }).blocked > 0)
end)

test("casts the spells that the player knows, for magicka", function()
  stage.open()
  done("set_stat", { stat = "health", value = 5 })
  stage.settle()
  local heard, magicka = listen("OnPlayerSpellsActive"), tes3mp.GetMagickaCurrent(0)
  holds(done("cast", { spell = "Hearth Heal" }).health >= 15)
  equal({ tes3mp.GetMagickaCurrent(0), #heard }, { magicka - 10, 1 })
  denied("cast", { spell = "fireball" }, "no_such_target", "spell")
  done("add_spell", { spell = "fireball" })
  stage.settle()
  go_to("-2, -10", -9450, -74750, 190)
  done("turn", { yaw = 180 })
  local burnt = done("cast", { spell = "fireball" })
  equal({ burnt.hit, burnt.unique_index, burnt.damage >= 2 }, { true, RAT, true })
  done("set_stat", { stat = "magicka", value = 1 })
  denied("cast", { spell = "hearth heal" }, "game_refused", "spell")
end)

test("plays the quest through its four stages", function()
  stage.open()
  local journal = listen("OnPlayerJournal")
  go_to("Balmora, Eight Plates", 590, 64, 130)
  local function say(person, topic)
    done("talk", { unique_index = person })
    return done("choose_topic", { topic = topic })
  end
  say("104101-0", "beds")
  say("104101-0", "quiet rooms")
  say("104101-0", "lost ledger")
  go_to(ARRILLES, 22, -128, 386)
  say(ARRILLE, "lost ledger")
  go_to("-2, -10", -9200, -74900, 190)
  done("open", { unique_index = CRATE })
  done("take", { unique_index = CRATE, item = "inn_ledger" })
  go_to("Balmora, Eight Plates", 590, 64, 130)
  local gold = count_of("gold_001")
  say("104101-0", "lost ledger")
  equal({ count_of("gold_001") - gold, count_of("inn_ledger") }, { 50, 0 })
  local stages = {}
  for position, one in ipairs(journal) do stages[position] = one[3].journal[1].index end
  equal(stages, { 10, 20, 30, 100 })
end)

test("travels by silt strider for a fare", function()
  stage.open()
  go_to("-3, -3", -21640, -17850, 760)
  done("talk", { unique_index = "104002-0" })
  local gold = count_of("gold_001")
  equal(done("choose_topic", { topic = "travel to seyda neen" }).cell, "-2, -9")
  equal({ stage.client().cell, stage.client().x, gold - count_of("gold_001") }, { "-2, -9", -9050, 10 })
  denied("choose_topic", { topic = "travel to seyda neen" }, "game_refused")
  done("take_item", { item = "gold_001", count = count_of("gold_001") })
  done("talk", { unique_index = "102005-0" })
  equal(done("choose_topic", { topic = "travel to balmora" }).says, "You can't pay for that.")
  equal(stage.client().cell, "-2, -9")
end)

test("declines all of it where clients are not simulated, and says so beforehand", function()
  stage.open({ client_input = false })
  local _, unavailable = require("timmy.commands.registry").available(0, {})
  for command in pairs(require("timmy.commands.client_input")) do
    denied(command, {}, "needs_client_input", "name")
    equal(unavailable[command].code, "needs_client_input")
  end
end)

test("lists what is possible now: no topic without a dialogue, nothing for the dead", function()
  stage.open()
  local registry = require("timmy.commands.registry")
  local _, unavailable = registry.available(0, {})
  equal({ unavailable.choose_topic.code, unavailable.walk }, { "game_refused", nil })
  stage.host.kill(0)
  _, unavailable = registry.available(0, {})
  for command in pairs(require("timmy.commands.client_input")) do
    denied(command, acting.schema(command).examples[1], "game_refused")
    equal(unavailable[command].code, "game_refused")
  end
end)

test("a player that is played no longer wanders", function()
  stage.open()
  stage.run(20000)
  done("turn", { player = "Jiub", yaw = 0 })
  local x, y = tes3mp.GetPosX(1), tes3mp.GetPosY(1)
  stage.run(20000)
  equal({ tes3mp.GetPosX(1), tes3mp.GetPosY(1) }, { x, y })
end)

acting.covers("client_input")
