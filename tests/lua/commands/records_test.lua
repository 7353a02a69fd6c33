local acting = require("acting")
local declarations = require("timmy.wire.declarations")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, holds, test = harness.equal, harness.holds, harness.test

local function client(name) return stage.host.player(name or "Timmy") end

local EFFECT = { id = 75, range_type = 0, duration = 10, magnitude_min = 1, magnitude_max = 5 }
local SPELL = { type = "spell", name = "Timmy's Mending", cost = 5, effects = { EFFECT } }

test("makes a record that is saved, sent to everybody, and named by the server", function()
  stage.open()
  local saves = acting.saves_of(RecordStores.spell, function()
    local value = done("create_record", { record = SPELL })
    equal({ value.id, value.type, value.permanent }, { "$custom_spell_1", "spell", false })
  end)
  holds(saves > 0, "it was not saved")
  local kept = RecordStores.spell.data.generatedRecords["$custom_spell_1"]
  equal(kept, { name = "Timmy's Mending", cost = 5,
    effects = { { id = 75, rangeType = 0, duration = 10, magnitudeMin = 1, magnitudeMax = 5 } } })
  for _, name in ipairs({ "Timmy", "Jiub" }) do
    equal(client(name).records["$custom_spell_1"].effects[1].magnitudeMax, 5)
    equal(tableHelper.containsValue(Players[client(name).pid].generatedRecordsReceived, "$custom_spell_1"), true)
  end
end)

test("makes a permanent record of an id of its own, and replaces it", function()
  stage.open()
  for _, name in ipairs({ "One", "Two" }) do
    equal(done("create_record", { record = { type = "book", id = "timmy_book", base_id = "bk_x", name = name } }),
      { id = "timmy_book", type = "book", permanent = true })
  end
  equal(RecordStores.book.data.permanentRecords.timmy_book.name, "Two")
  equal(client("Jiub").records.timmy_book.name, "Two")
end)

--- A record of each type, with what it needs and one of each kind of field.
local ALL = {
  activator = { name = "n", model = "m.nif" }, apparatus = { name = "n", model = "m.nif", quality = 1.5 },
  armor = { name = "n", model = "m.nif", armor_rating = 5, parts = { { part_type = 3, male_part = "p" } } },
  bodypart = { subtype = 0, part = 1, model = "m.nif", vampire_state = false },
  book = { name = "n", model = "m.nif", text = "line\nline", scroll_state = true }, cell = { id = "Timmy's Cell" },
  clothing = { name = "n", model = "m.nif", weight = 0.5 },
  container = { name = "n", model = "m.nif", items = { { id = "torch" } } },
  creature = { base_id = "rat", damage_chop = { min = 1, max = 2 } }, door = { name = "n", model = "m.nif" },
  enchantment = { effects = { EFFECT } }, gamesetting = { id = "fFleeDistance", float_var = 2.5 },
  ingredient = { name = "n", model = "m.nif", effects = { { id = 1 } } },
  light = { model = "m.nif", color = { red = 1, green = 2, blue = 3 } }, lockpick = { name = "n", model = "m.nif" },
  miscellaneous = { name = "n", model = "m.nif", key_state = true },
  npc = { name = "n", race = "Nord", class = "Mage", gender = "male" }, potion = { name = "n", model = "m.nif" },
  probe = { name = "n", model = "m.nif" }, ["repair"] = { name = "n", model = "m.nif", uses = 3 },
  script = { id = "timmy_script", script_text = "begin timmy_script\nend" }, sound = { sound = "s.wav" },
  spell = { name = "n" }, static = { model = "m.nif" },
  weapon = { name = "n", model = "m.nif", damage_slash = { min = 1, max = 9 }, speed = 1.25 },
}

test("creates records of every type, and reports what each lacks", function()
  for _, record_type in ipairs(declarations.RECORD_TYPES) do
    local record = { type = record_type }
    for name, value in pairs(ALL[record_type]) do record[name] = value end
    stage.open()
    local id = done("create_record", { record = record }, { raw = true }).id
    local sent = client("Jiub").records[id]
    holds(sent, record_type .. " was not sent")
    if record.id == nil then equal(sent.name or "n", "n", record_type) end
    declined("create_record", { record = { type = record_type } }, "bad_arguments", "record." .. record_type)
  end
end)

test("sends every field under its own function", function()
  stage.open()
  local function sent(record)
    local made = { type = record }
    for name, value in pairs(ALL[record]) do made[name] = value end
    return client().records[done("create_record", { record = made }).id]
  end
  equal(sent("weapon").damageSlash, { min = 1, max = 9 })
  equal(sent("light").color, { red = 1, green = 2, blue = 3 })
  equal(sent("armor").parts, { { partType = 3, malePart = "p" } })
  equal(sent("bodypart").part, 1)
  equal(sent("container").items, { { id = "torch", count = 1 } })
  equal(sent("gamesetting").floatVar, 2.5)
  equal({ sent("npc").gender, sent("npc").autoCalc }, { 1, 1 })
  equal({ sent("book").scrollState, sent("book").skillId }, { true, -1 })
end)

test("ties an enchantment to what bears it, so that it lasts as long", function()
  stage.open()
  local enchantment = done("create_record", { record = { type = "enchantment", effects = { EFFECT } } }).id
  local weapon = done("create_record", { record = { type = "weapon", base_id = "x", enchantment_id = enchantment } }).id
  equal(RecordStores.enchantment.data.recordLinks[enchantment].records.weapon, { weapon })
  stage.settle()
  refused("create_record", { record = { type = "weapon", id = "w", base_id = "x", enchantment_id = enchantment } },
    "bad_arguments", "record")
  refused("create_record", { record = { type = "weapon", base_id = "x", enchantment_id = "$custom_enchantment_9" } },
    "no_such_target", "record")
end)

test("declines records that are none", function()
  for _, case in ipairs({ { 5, "" }, { "spell", "" }, { {}, "" }, { { type = 5 }, "" },
    { { type = "dragon", name = "n" }, "" }, { { type = "spell", name = "n", wings = 2 }, ".spell.wings" },
    { { type = "spell", name = "n", cost = 1.5 }, ".spell.cost" },
    { { type = "spell", name = "n", effects = { { id = 1 }, { id = "Luck" } } }, ".spell.effects.1.id" },
    { { type = "spell", name = "n", effects = { 5 } }, ".spell.effects.0" },
    { { type = "spell", name = "n", effects = 5 }, ".spell.effects" },
    { { type = "spell", name = "a\nb" }, ".spell.name" },
    { { type = "book", base_id = "x", text = "\1" }, ".book.text" },
    { { type = "spell", name = "n", id = "$custom_spell_9" }, "" } }) do
    declined("create_record", { record = case[1] }, "bad_arguments", "record" .. case[2])
  end
end)

test("makes no script where the operator allows nothing raw", function()
  declined("create_record", { record = { type = "script", id = "x", script_text = "begin x\nend" } }, "not_permitted",
    "record")
end)

test("copies a record, under a name of its own where its type has names", function()
  stage.open()
  local value = done("clone_record", { type = "npc", base_id = "fargoth", name = "Not Fargoth" })
  equal(RecordStores.npc.data.generatedRecords[value.id], { baseId = "fargoth", name = "Not Fargoth" })
  equal(client("Jiub").records[value.id].baseId, "fargoth")
  declined("clone_record", { type = "static", base_id = "x", name = "n" }, "bad_arguments", "name")
  declined("clone_record", { type = "dragon", base_id = "x" }, "bad_arguments", "type")
end)

test("takes a record away that nothing is made of", function()
  stage.open()
  local id = done("create_record", { record = { type = "npc", base_id = "fargoth" } }).id
  local spawned = done("spawn_actor", { ref_id = id }).unique_index
  stage.settle()
  refused("delete_record", { id = id }, "game_refused", "id")
  done("delete_object", { unique_index = spawned })
  done("delete_record", { id = id })
  equal(RecordStores.npc.data.generatedRecords[id], nil)
  stage.settle()
  refused("delete_record", { id = id }, "no_such_target", "id")
  done("create_record", { record = { type = "spell", id = "mine", name = "n" } })
  equal(done("delete_record", { id = "mine" }).type, "spell")
  equal(RecordStores.spell.data.permanentRecords.mine, nil)
end)

test("declines where the server keeps no records", function()
  stage.open()
  RecordStores.npc, RecordStores.spell = nil, nil
  refused("clone_record", { type = "npc", base_id = "fargoth" }, "game_refused", "record")
  refused("create_record", { record = SPELL }, "game_refused", "record")
end)

acting.covers("records")
