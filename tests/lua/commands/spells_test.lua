local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, holds, test = harness.equal, harness.holds, harness.test

local STRENGTH = { spell = "timmy_strength", effect = 79, magnitude = 20, duration_s = 60, attribute = "strength" }

local function book() return Players[0].data.spellbook end

--- A world in which nothing is at work on Timmy.
local function open()
  stage.open()
  Players[0].data.spellsActive, stage.client().active = {}, {}
end

test("teaches a spell once, however it is spelled", function()
  open()
  equal(done("add_spell", { spell = "fireball" }), { spell = "fireball" })
  done("add_spell", { spell = "FireBall" })
  equal({ book(), stage.client().spells }, { { "hearth heal", "fireball" }, { "hearth heal", "fireball" } })
  equal(stage.calls("SetSpellbookChangesAction")[1][3], enumerations.spellbook.ADD)
end)

test("lets a player forget a spell by the id it has it under", function()
  open()
  done("add_spell", { spell = "fireball" })
  equal(done("remove_spell", { spell = "Hearth Heal" }), { spell = "hearth heal" })
  equal({ book(), stage.client().spells }, { { "fireball" }, { "fireball" } })
  declined("remove_spell", { spell = "fireball" }, "no_such_target", "spell")
end)

test("lets a player forget all", function()
  open()
  done("clear_spells", {})
  equal({ book(), stage.client().spells }, { {}, {} })
end)

test("chooses a spell that the player has", function()
  open()
  equal(done("select_spell", { spell = "HEARTH heal" }), { spell = "hearth heal" })
  equal(Players[0].data.miscellaneous.selectedSpell, "hearth heal")
  equal(stage.client().selected_spell, "hearth heal")
  declined("select_spell", { spell = "fireball" }, "no_such_target", "spell")
end)

test("declines to teach a record made at run time", function()
  declined("add_spell", { spell = "$custom_spell_1" }, "no_such_target", "spell")
end)

test("puts an effect on a player, for all to see, and saves it", function()
  open()
  equal(done("add_effect", STRENGTH), { spell = "timmy_strength", effect = 79 })
  local sent, saved = stage.client().active.timmy_strength, Players[0].data.spellsActive.timmy_strength
  equal(sent.effects, { { id = 79, magnitude = 20, duration = 60, timeLeft = 60, arg = 0 } })
  equal({ #saved, saved[1].effects, saved[1].displayName }, { 1, sent.effects, "timmy_strength" })
  holds(math.abs(saved[1].startTime - os.time()) < 5)
  equal(stage.calls("SendSpellsActiveChanges"), { { "SendSpellsActiveChanges", 0, true, false } })
end)

test("replaces an effect that is put on again under its name", function()
  open()
  done("add_effect", STRENGTH)
  done("add_effect", { spell = "timmy_strength", effect = 83, magnitude = 5, duration_s = 9, skill = "Long Blade",
    label = "Sword arm" })
  local sent = stage.client().active.timmy_strength
  equal({ #sent.effects, sent.effects[1].arg, sent.displayName }, { 1, tes3mp.GetSkillId("Longblade"), "Sword arm" })
end)

test("gives attributes and skills to the effects that are about one, and to no other", function()
  declined("add_effect", { spell = "x", effect = 79, magnitude = 1, duration_s = 1 }, "bad_arguments", "attribute")
  declined("add_effect", { spell = "x", effect = 79, magnitude = 1, duration_s = 1, attribute = "Charm" },
    "bad_arguments", "attribute")
  declined("add_effect", { spell = "x", effect = 79, magnitude = 1, duration_s = 1, attribute = "Luck", skill = "Axe" },
    "bad_arguments", "skill")
  declined("add_effect", { spell = "x", effect = 83, magnitude = 1, duration_s = 1 }, "bad_arguments", "skill")
  declined("add_effect", { spell = "x", effect = 41, magnitude = 1, duration_s = 1, skill = "Axe" }, "bad_arguments",
    "skill")
  declined("add_effect", { spell = "x", effect = "Luck", magnitude = 1, duration_s = 1 }, "bad_arguments", "effect")
end)

test("ends an effect", function()
  open()
  done("add_effect", STRENGTH)
  equal(done("remove_effect", { spell = "timmy_strength" }), { spell = "timmy_strength" })
  equal({ Players[0].data.spellsActive, stage.client().active }, { {}, {} })
  declined("remove_effect", { spell = "timmy_strength" }, "no_such_target", "spell")
end)

test("declines to write into tables that are damaged", function()
  open()
  Players[0].data.spellsActive, Players[0].data.miscellaneous = "none", "none"
  refused("add_effect", STRENGTH, "game_refused")
  refused("remove_effect", { spell = "timmy_strength" }, "game_refused")
  refused("select_spell", { spell = "hearth heal" }, "game_refused")
  Players[0].data.spellbook = "none"
  for _, name in ipairs({ "add_spell", "remove_spell", "select_spell" }) do
    refused(name, { spell = "hearth heal" }, "game_refused")
  end
end)

test("saves what changed, once", function()
  open()
  local steps = { { "add_spell", { spell = "fireball" } }, { "remove_spell", { spell = "fireball" } },
    { "select_spell", { spell = "hearth heal" } }, { "clear_spells", {} }, { "add_effect", STRENGTH },
    { "remove_effect", { spell = "timmy_strength" } } }
  for _, step in ipairs(steps) do
    equal(acting.saves_of(Players[0], function() done(step[1], step[2]) end), 1, step[1])
  end
end)

acting.covers("spells")
