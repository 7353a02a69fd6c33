local commands = require("timmy.commands")
local harness = require("harness")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local function run(name, arguments, context) return commands.run(name, arguments, context) end

--- Runs a command that must be declined: with this code and field, and nothing may have changed.
local function declined(name, arguments, code, field, context)
  stage.open()
  local value, wrong = run(name, arguments, context)
  equal(value, nil)
  equal({ wrong.code, wrong.field }, { code, field }, wrong.message)
  equal(stage.effects(), {}, "changed something")
end

local function done(name, arguments, context)
  local value, wrong = run(name, arguments, context)
  holds(value, wrong and wrong.message)
  return value
end

local function inventory() return Players[0].data.inventory end

local function count_of(ref_id)
  local count = 0
  for _, item in pairs(inventory()) do
    if item.refId == ref_id then count = count + item.count end
  end
  return count
end

test("names its commands by the alphabet", function()
  equal(commands.names, { "console", "give_item", "journal", "message", "set_class", "set_race", "set_stat",
    "take_item", "teleport" })
end)

test("declines a command that isn't known", function()
  declined("fly", { player = "Timmy" }, "unknown_command", "name")
  declined(nil, {}, "unknown_command", "name")
  declined({}, {}, "unknown_command", "name")
  local _, wrong = run(("x"):rep(60000), {})
  holds(#wrong.message < 1000, "the answer, which is kept, repeats a name of any length")
end)

test("declines a player who isn't here, for every command", function()
  local arguments = {
    console = { text = "coc Balmora" }, give_item = { item = "gold_001" }, take_item = { item = "gold_001" },
    journal = { quest = "q", index = 1 }, message = { text = "hello" }, set_class = { class = "Mage" },
    set_race = { race = "Orc" }, set_stat = { stat = "level", value = 2 }, teleport = { to = "Balmora" },
  }
  for name, given in pairs(arguments) do
    given.player = "Nerevar"
    declined(name, given, "no_such_player", "player", { allow_raw = true })
  end
end)

test("declines a player who is connected but not logged in", function()
  stage.open()
  Players[1].IsLoggedIn = function() return false end
  local _, wrong = run("message", { player = "Jiub", text = "hello" })
  equal(wrong.code, "not_logged_in")
  equal(stage.effects(), {})
end)

test("finds a player by the exact name only", function()
  declined("message", { player = "timmy", text = "hello" }, "no_such_player", "player")
end)

test("saves what it changed, once", function()
  local changes = {
    give_item = { item = "gold_001" }, take_item = { item = "gold_001" }, set_class = { class = "Mage" },
    set_race = { race = "Orc" },
  }
  local stats = { "Strength", "Axe", "level", "health", "magicka_base" }
  local function saves_of(name, arguments)
    stage.open()
    local saves, save = 0, Players[0].QuicksaveToDrive
    Players[0].QuicksaveToDrive = function(player) saves = saves + 1 return save(player) end
    arguments.player = "Timmy"
    done(name, arguments)
    return saves
  end
  for name, arguments in pairs(changes) do equal(saves_of(name, arguments), 1, name) end
  for _, stat in ipairs(stats) do equal(saves_of("set_stat", { stat = stat, value = 5 }), 1, stat) end
end)

test("answers internal and logs when the game raises", function()
  stage.open()
  Players[0].LoadClass = function() error("broken") end
  local value, wrong = run("set_class", { player = "Timmy", class = "Mage" })
  equal(value, nil)
  equal(wrong.code, "internal")
  equal(stage.calls("LogMessage")[1][2], 3)
end)

test("teleports to a named place: cell first, then the spot", function()
  stage.open()
  local value = done("teleport", { player = "Timmy", to = "balmora" })
  equal(value, { cell = "-3, -2", x = -23894, y = -15079, z = 505 })
  local sent = stage.calls("SetCell", "SendCell", "SetPos", "SetRot", "SendPos")
  equal({ sent[1], sent[2], sent[3], sent[5] }, { { "SetCell", 0, "-3, -2" }, { "SendCell", 0 },
    { "SetPos", 0, -23894, -15079, 505 }, { "SendPos", 0 } })
  equal({ sent[4][1], sent[4][3], math.floor(math.deg(sent[4][4]) + 0.5) }, { "SetRot", 0, 69 })
end)

test("arrives where it teleported to", function()
  stage.open()
  done("teleport", { player = "Timmy", to = "Balmora" })
  stage.settle()
  equal(tes3mp.GetCell(0), "-3, -2")
  equal({ tes3mp.GetPosX(0), tes3mp.GetPosY(0), tes3mp.GetPosZ(0) }, { -23894, -15079, 505 })
end)

test("sends no cell when the player is in it already", function()
  stage.open()
  done("teleport", { player = "Timmy", x = -11000, y = -71000, z = 250 })
  equal(#stage.calls("SetCell", "SendCell"), 0)
  equal(#stage.calls("SendPos"), 1)
end)

test("keeps the heading unless a yaw is given", function()
  stage.open()
  local before = tes3mp.GetRotZ(0)
  done("teleport", { player = "Timmy", x = -11000, y = -71000, z = 250 })
  equal(stage.calls("SetRot")[1][4], before)
  done("teleport", { player = "Timmy", x = -11000, y = -71000, z = 250, yaw = 90 })
  equal(stage.calls("SetRot")[2][4], math.rad(90))
end)

test("teleports into an interior by its name", function()
  stage.open()
  local value = done("teleport", { player = "Timmy", cell = "Balmora, Guild of Mages", x = 1, y = 2, z = 3 })
  equal(value.cell, "Balmora, Guild of Mages")
  equal(stage.calls("SetCell")[1][3], "Balmora, Guild of Mages")
end)

test("reads a grid cell however it was typed", function()
  stage.open()
  equal(done("teleport", { player = "Timmy", cell = "-3,-2", x = -23894, y = -15079, z = 505 }).cell, "-3, -2")
end)

test("declines a teleport without one clear destination", function()
  declined("teleport", { player = "Timmy" }, "bad_arguments", "to")
  declined("teleport", { player = "Timmy", x = 1, y = 2 }, "bad_arguments", "to")
  declined("teleport", { player = "Timmy", to = "Balmora", z = 2 }, "bad_arguments", "to")
  declined("teleport", { player = "Timmy", to = "Balmora", cell = "-3, -2" }, "bad_arguments", "to")
  declined("teleport", { player = "Timmy", to = "Nowhere" }, "no_such_place", "to")
  declined("teleport", { player = "Timmy", cell = "5, 5", x = 1, y = 2, z = 3 }, "bad_arguments", "cell")
  declined("teleport", { player = "Timmy", cell = "977, 0", x = 1, y = 2, z = 3 }, "no_such_cell", "cell")
  declined("teleport", { player = "Timmy", cell = ("9"):rep(99) .. ", 0", x = 1, y = 2, z = 3 }, "no_such_cell", "cell")
  -- CoreScripts stop the server when a cell's file can't be written: its name would have more than 255 bytes.
  declined("teleport", { player = "Timmy", cell = ("x"):rep(251), x = 1, y = 2, z = 3 }, "no_such_cell", "cell")
end)

test("declines a cell that the server forbids", function()
  declined("teleport", { player = "Timmy", cell = "ToddTest", x = 1, y = 2, z = 3 }, "not_permitted", "cell")
end)

test("gives items into the table and to the client, and saves", function()
  stage.open()
  local before = count_of("gold_001")
  equal(done("give_item", { player = "Timmy", item = "gold_001", count = 250 }),
    { item = "gold_001", count = 250, total = before + 250 })
  equal(count_of("gold_001"), before + 250)
  equal(stage.calls("AddItemChange")[1], { "AddItemChange", 0, "gold_001", 250, -1, -1, "" })
  equal(stage.calls("SetInventoryChangesAction")[1][3], enumerations.inventory.ADD)
end)

test("gives one item where no count is said", function()
  stage.open()
  equal(done("give_item", { player = "Timmy", item = "iron longsword" }),
    { item = "iron longsword", count = 1, total = 1 })
end)

test("adds to the stack the player has, however its id is spelled", function()
  stage.open()
  local before = count_of("gold_001")
  equal(done("give_item", { player = "Timmy", item = "GOLD_001", count = 3 }).item, "gold_001")
  equal(count_of("gold_001"), before + 3)
end)

test("bounds what a player can come to own", function()
  stage.open()
  inventory()[1] = { refId = "gold_001", count = 1000000000, charge = -1, enchantmentCharge = -1, soul = "" }
  local _, wrong = run("give_item", { player = "Timmy", item = "gold_001", count = 1 })
  equal({ wrong.code, wrong.field }, { "bad_arguments", "count" })
  equal(stage.effects(), {})
end)

test("declines to give a record made at run time", function()
  declined("give_item", { player = "Timmy", item = "$custom_potion_1" }, "no_such_target", "item")
end)

test("declines item counts below one", function()
  for _, name in ipairs({ "give_item", "take_item" }) do
    declined(name, { player = "Timmy", item = "gold_001", count = 0 }, "bad_arguments", "count")
    declined(name, { player = "Timmy", item = "gold_001", count = -5 }, "bad_arguments", "count")
  end
end)

test("takes items from several stacks, leaving the rest", function()
  stage.open()
  Players[0].data.inventory = {
    [1] = { refId = "gold_001", count = 5, charge = -1, enchantmentCharge = -1, soul = "" },
    [4] = { refId = "Gold_001", count = 5, charge = -1, enchantmentCharge = -1, soul = "" },
    [7] = { refId = "iron dagger", count = 1, charge = 12 },
  }
  equal(done("take_item", { player = "Timmy", item = "gold_001", count = 8 }).total, 2)
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
    done("take_item", { player = "Timmy", item = asked, count = 2 })
    local taken = stage.calls("AddItemChange")
    equal({ taken[1][3], taken[2][3] }, { asked, "GOLD" })
  end
end)

test("adds to the spelling that comes first by the alphabet when none is the one asked for", function()
  local ordered = { "GOLD", "GOLd", "GOlD", "GoLD", "gOLD", "gold" }
  for position = 1, #ordered - 1 do
    stage.open()
    Players[0].data.inventory = spelled(unpack(ordered, position))
    equal(done("give_item", { player = "Timmy", item = "Gold" }).item, ordered[position])
  end
end)

test("declines to take more than there is", function()
  declined("take_item", { player = "Timmy", item = "gold_001", count = 1000000 }, "no_such_target", "count")
  declined("take_item", { player = "Timmy", item = "moon sugar" }, "no_such_target", "item")
end)

test("declines to touch an inventory that is damaged", function()
  local inventories = { "text", { "text" }, { { refId = "gold_001" } }, { { refId = "gold_001", count = "5" } } }
  for _, broken in ipairs(inventories) do
    for _, name in ipairs({ "give_item", "take_item" }) do
      stage.open()
      Players[0].data.inventory = broken
      local _, wrong = run(name, { player = "Timmy", item = "gold_001" })
      equal(wrong.code, "game_refused")
      equal(stage.effects(), {})
    end
  end
end)

test("writes a journal entry with the world's date, to all who share it", function()
  stage.open()
  local before, time = #WorldInstance.data.journal, WorldInstance.data.time
  equal(done("journal", { player = "Timmy", quest = "MS_Fargoth", index = 10 }),
    { quest = "ms_fargoth", index = 10, kind = "entry" })
  equal(stage.calls("AddJournalEntryWithTimestamp")[1], { "AddJournalEntryWithTimestamp", 0, "ms_fargoth", 10, "player",
    time.daysPassed, time.month, time.day })
  equal(stage.calls("SendJournalChanges")[1], { "SendJournalChanges", 0, true, false })
  equal(#WorldInstance.data.journal, before + 1)
end)

test("sets a quest's index without a text", function()
  stage.open()
  done("journal", { player = "Timmy", quest = "ms_fargoth", index = 5, kind = "index" })
  equal(stage.calls("AddJournalIndex")[1], { "AddJournalIndex", 0, "ms_fargoth", 5 })
  equal(WorldInstance.data.journal[#WorldInstance.data.journal].type, enumerations.journal.INDEX)
end)

test("writes the same journal line once", function()
  stage.open()
  for _, kind in ipairs({ "entry", "index" }) do
    done("journal", { player = "Timmy", quest = "ms_fargoth", index = 10, kind = kind })
    local length = #WorldInstance.data.journal
    done("journal", { player = "Timmy", quest = "ms_fargoth", index = 10, kind = kind })
    equal(#WorldInstance.data.journal, length)
  end
end)

test("writes into the player's own journal where it isn't shared", function()
  stage.open()
  config.shareJournal = false
  local shared = #WorldInstance.data.journal
  done("journal", { player = "Timmy", quest = "ms_fargoth", index = 10 })
  equal(#WorldInstance.data.journal, shared)
  equal(Players[0].data.journal[#Players[0].data.journal].quest, "ms_fargoth")
  equal(stage.calls("SendJournalChanges")[1][3], false)
end)

test("sends an entry without a date where the world's is damaged", function()
  stage.open()
  WorldInstance.data.time.month = "July"
  done("journal", { player = "Timmy", quest = "ms_fargoth", index = 10 })
  equal(#stage.calls("AddJournalEntry"), 1)
end)

test("sets attributes and skills by name, whatever the case", function()
  stage.open()
  equal(done("set_stat", { player = "Timmy", stat = "strength", value = 77 }), { stat = "Strength", value = 77 })
  equal(done("set_stat", { player = "Timmy", stat = "LONG blade", value = 66 }), { stat = "Longblade", value = 66 })
  equal({ tes3mp.GetAttributeBase(0, 0), tes3mp.GetSkillBase(0, tes3mp.GetSkillId("Longblade")) }, { 77, 66 })
  equal({ Players[0].data.attributes.Strength.base, Players[0].data.skills.Longblade.base }, { 77, 66 })
end)

test("sets the level", function()
  stage.open()
  done("set_stat", { player = "Timmy", stat = "Level", value = 7 })
  equal({ tes3mp.GetLevel(0), Players[0].data.stats.level }, { 7, 7 })
end)

test("sets what is left and what is full of health, magicka and fatigue", function()
  stage.open()
  for _, gauge in ipairs({ "Health", "Magicka", "Fatigue" }) do
    done("set_stat", { player = "Timmy", stat = gauge:lower() .. "_base", value = 80 })
    done("set_stat", { player = "Timmy", stat = gauge, value = 33.5 })
    equal({ tes3mp["Get" .. gauge .. "Base"](0), tes3mp["Get" .. gauge .. "Current"](0) }, { 80, 33.5 })
    equal(Players[0].data.stats[gauge:lower() .. "Current"], 33.5)
  end
  equal(#stage.calls("SendStatsDynamic"), 6)
end)

test("keeps to the server's caps, where CoreScripts would set the value back", function()
  declined("set_stat", { player = "Timmy", stat = "Strength", value = 201 }, "bad_arguments", "value")
  declined("set_stat", { player = "Timmy", stat = "Longblade", value = 201 }, "bad_arguments", "value")
  done("set_stat", { player = "Timmy", stat = "Speed", value = 365 })
  done("set_stat", { player = "Timmy", stat = "Acrobatics", value = 1200 })
  declined("set_stat", { player = "Timmy", stat = "Speed", value = 366 }, "bad_arguments", "value")
end)

test("declines stats that don't exist and values they can't have", function()
  declined("set_stat", { player = "Timmy", stat = "Charm", value = 5 }, "bad_arguments", "stat")
  declined("set_stat", { player = "Timmy", stat = "Strength", value = 1.5 }, "bad_arguments", "value")
  declined("set_stat", { player = "Timmy", stat = "level", value = 0 }, "bad_arguments", "value")
  declined("set_stat", { player = "Timmy", stat = "health_base", value = 0 }, "bad_arguments", "value")
end)

test("declines to load tables that are damaged", function()
  local breaks = {
    { "set_stat", { stat = "Strength", value = 5 }, function(data) data.attributes.Luck.damage = nil end },
    { "set_stat", { stat = "Strength", value = 5 }, function(data) data.attributes = "none" end },
    { "set_stat", { stat = "Axe", value = 5 }, function(data) data.skills.Axe.progress = 0 / 0 end },
    { "set_stat", { stat = "level", value = 5 }, function(data) data.stats.levelProgress = "x" end },
    { "set_race", { race = "Orc" }, function(data) data.character.birthsign = nil end },
    { "set_race", { race = "Orc" }, function(data) data.character = nil end },
    { "set_class", { class = "Mage" }, function(data) data.character = nil end },
    { "console", { text = "coc Balmora" }, function(data) data.location.cell = "99999999999, 0" end },
    { "console", { text = "coc Balmora" }, function(data) data.location = nil end },
  }
  for _, case in ipairs(breaks) do
    stage.open()
    case[2].player = "Timmy"
    case[3](Players[0].data)
    local _, wrong = run(case[1], case[2], { allow_raw = true })
    equal(wrong and wrong.code, "game_refused", case[1])
    equal(stage.effects(), {})
  end
end)

test("gives one of the game's classes", function()
  stage.open()
  equal(done("set_class", { player = "Timmy", class = "warrior" }), { class = "Warrior" })
  equal({ tes3mp.GetDefaultClass(0), Players[0].data.character.class }, { "Warrior", "Warrior" })
  equal(#stage.calls("SendClass"), 1)
  declined("set_class", { player = "Timmy", class = "Hero" }, "bad_arguments", "class")
end)

test("gives a race with a head and hair that fit", function()
  stage.open()
  equal(done("set_race", { player = "Timmy", race = "khajiit" }), { race = "Khajiit", gender = "male",
    head = "b_n_khajiit_m_head_01", hair = "b_n_khajiit_m_hair01" })
  equal({ tes3mp.GetRace(0), tes3mp.GetIsMale(0), tes3mp.GetHead(0) }, { "Khajiit", 1, "b_n_khajiit_m_head_01" })
  equal(#stage.calls("SendBaseInfo"), 1)
end)

test("keeps the gender unless another is asked for", function()
  stage.open()
  equal(done("set_race", { player = "Timmy", race = "Dunmer", gender = "female" }).head, "b_n_dark elf_f_head_01")
  equal(done("set_race", { player = "Timmy", race = "Orc" }).gender, "female")
  equal(Players[0].data.character.gender, 0)
end)

test("takes the head and hair that are named", function()
  stage.open()
  local value = done("set_race", { player = "Timmy", race = "Nord", head = "a_head", hair = "a_hair" })
  equal({ value.head, value.hair, Players[0].data.character.head }, { "a_head", "a_hair", "a_head" })
end)

test("declines races and genders that don't exist", function()
  declined("set_race", { player = "Timmy", race = "Elf" }, "bad_arguments", "race")
  declined("set_race", { player = "Timmy", race = "Orc", gender = "Male" }, "bad_arguments", "gender")
end)

test("runs a console command only where the operator allows it", function()
  declined("console", { player = "Timmy", text = "coc Balmora" }, "not_permitted", "name")
  declined("console", { player = "Timmy", text = "coc Balmora" }, "not_permitted", "name", { allow_raw = false })
  done("console", { player = "Timmy", text = "player->additem gold_001 5" }, { allow_raw = true })
  equal(stage.calls("SetObjectListConsoleCommand")[1][2], "player->additem gold_001 5")
  equal(stage.calls("SendConsoleCommand")[1][2], false)
end)

test("leaves a player in the game whose client ran the command it was sent", function()
  stage.open()
  done("console", { player = "Timmy", text = "player->additem gold_001 5" }, { allow_raw = true })
  stage.settle()
  holds(Players[0] and Players[0]:IsLoggedIn(), "the player was kicked")
end)

test("shows a line to one player only", function()
  stage.open()
  equal(done("message", { player = "Jiub", text = "hello" }), { text = "hello" })
  equal(stage.calls("SendMessage"), { { "SendMessage", 1, "hello\n", false, false } })
end)
