local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

test("gives one of the game's classes", function()
  stage.open()
  equal(done("set_class", { class = "warrior" }), { class = "Warrior" })
  equal({ tes3mp.GetDefaultClass(0), Players[0].data.character.class }, { "Warrior", "Warrior" })
  equal(#stage.calls("SendClass"), 1)
  declined("set_class", { class = "Hero" }, "bad_arguments", "class")
end)

test("gives a race with a head and hair that fit", function()
  stage.open()
  equal(done("set_race", { race = "khajiit" }), { race = "Khajiit", gender = "male",
    head = "b_n_khajiit_m_head_01", hair = "b_n_khajiit_m_hair01" })
  equal({ tes3mp.GetRace(0), tes3mp.GetIsMale(0), tes3mp.GetHead(0) }, { "Khajiit", 1, "b_n_khajiit_m_head_01" })
  equal(#stage.calls("SendBaseInfo"), 1)
end)

test("keeps the gender unless another is asked for", function()
  stage.open()
  equal(done("set_race", { race = "Dunmer", gender = "female" }).head, "b_n_dark elf_f_head_01")
  equal(done("set_race", { race = "Orc" }).gender, "female")
  equal(Players[0].data.character.gender, 0)
end)

test("takes the head and hair that are named", function()
  stage.open()
  local value = done("set_race", { race = "Nord", head = "a_head", hair = "a_hair" })
  equal({ value.head, value.hair, Players[0].data.character.head }, { "a_head", "a_hair", "a_head" })
end)

test("declines races and genders that don't exist", function()
  declined("set_race", { race = "Elf" }, "bad_arguments", "race")
  declined("set_race", { race = "Orc", gender = "Male" }, "bad_arguments", "gender")
end)

test("declines to load a character that is damaged", function()
  for _, damage in ipairs({ function(data) data.character.birthsign = nil end,
    function(data) data.character = nil end }) do
    stage.open()
    damage(Players[0].data)
    refused("set_race", { race = "Orc" }, "game_refused")
  end
  Players[0].data.character = nil
  refused("set_class", { class = "Mage" }, "game_refused")
end)

test("saves who a player is, once", function()
  stage.open()
  equal(acting.saves_of(Players[0], function() done("set_class", { class = "Mage" }) end), 1)
  equal(acting.saves_of(Players[0], function() done("set_race", { race = "Orc" }) end), 1)
end)

test("changes the name that others see, and no account", function()
  stage.open()
  equal(done("set_name", { name = "Nerevarine" }), { name = "Nerevarine" })
  equal({ tes3mp.GetName(0), Players[0].name, Players[0].accountName }, { "Nerevarine", "Timmy", "Timmy" })
  equal(#stage.calls("SendBaseInfo"), 1)
  done("message", { player = "Timmy", text = "still here" })
end)

test("gives one of the thirteen birthsigns", function()
  stage.open()
  equal(done("set_birthsign", { birthsign = "fay" }), { birthsign = "Fay" })
  equal({ tes3mp.GetBirthsign(0), Players[0].data.character.birthsign }, { "Fay", "Fay" })
  declined("set_birthsign", { birthsign = "The Dragon" }, "bad_arguments", "birthsign")
  Players[0].data.character = nil
  refused("set_birthsign", { birthsign = "Fay" }, "game_refused")
end)

local CLASS = { name = "Agent of Fate", specialization = "stealth", attributes = { "agility", "Luck" },
  major_skills = { "Sneak", "Marksman", "Acrobatics", "Security", "light armor" },
  minor_skills = { "Speechcraft", "Mercantile", "Alchemy", "Illusion", "Short Blade" } }

--- The class with one of its lists changed at a place.
local function class_with(field, place, name)
  local changed = {}
  for key, value in pairs(CLASS) do changed[key] = value end
  changed[field] = { unpack(CLASS[field]) }
  changed[field][place] = name
  return changed
end

test("gives a class of a player's own", function()
  stage.open()
  equal(done("set_custom_class", CLASS), { name = "Agent of Fate" })
  local saved = Players[0].data.customClass
  equal({ Players[0].data.character.class, saved.majorAttributes, saved.specialization },
    { "custom", "Agility, Luck", 2 })
  equal({ tes3mp.GetClassName(0), tes3mp.IsClassDefault(0) }, { "Agent of Fate", 0 })
  equal({ tes3mp.GetClassMajorSkill(0, 4), tes3mp.GetClassMinorSkill(0, 4) },
    { tes3mp.GetSkillId("Lightarmor"), tes3mp.GetSkillId("Shortblade") })
end)

test("declines a class with a skill that does not exist or comes twice", function()
  declined("set_custom_class", class_with("major_skills", 2, "Dancing"), "bad_arguments", "major_skills.1")
  declined("set_custom_class", class_with("minor_skills", 1, "sneak"), "bad_arguments", "minor_skills.0")
  declined("set_custom_class", class_with("attributes", 2, "Agility"), "bad_arguments", "attributes.1")
  stage.open()
  Players[0].data.character = nil
  refused("set_custom_class", CLASS, "game_refused")
end)

test("refuses a name that differs from another's only in spaces", function()
  stage.open()
  for _, name in ipairs({ "Jiub", "Ji ub", "j i u b", "Jiub\194\160", "Ji\226\128\139ub", "\227\128\128Jiub" }) do
    acting.refused("set_name", { name = name }, "bad_arguments", "name")
  end
  tes3mp.SetName(1, "Nere var")
  stage.forget()
  acting.refused("set_name", { name = "Nerevar" }, "bad_arguments", "name")
  equal(acting.done("set_name", { name = "Jiubert" }), { name = "Jiubert" })
  equal(acting.done("set_name", { name = "Timmy" }), { name = "Timmy" })
  equal(acting.done("set_name", { player = "Jiub", name = "Ji ub" }), { name = "Ji ub" })
end)

test("refuses a name with invisible spaces", function()
  stage.open()
  for _, name in ipairs({ " Nerevar", "Nerevar ", "Lord  Nerevar", "   ", "\194\160" }) do
    acting.refused("set_name", { name = name }, "bad_arguments", "name")
  end
  equal(acting.done("set_name", { name = "Lord Nerevar" }), { name = "Lord Nerevar" })
end)

acting.covers("character")
