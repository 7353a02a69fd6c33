local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

test("sets attributes and skills by name, whatever the case", function()
  stage.open()
  equal(done("set_stat", { stat = "strength", value = 77 }), { stat = "Strength", value = 77 })
  equal(done("set_stat", { stat = "LONG blade", value = 66 }), { stat = "Longblade", value = 66 })
  equal({ tes3mp.GetAttributeBase(0, 0), tes3mp.GetSkillBase(0, tes3mp.GetSkillId("Longblade")) }, { 77, 66 })
  equal({ Players[0].data.attributes.Strength.base, Players[0].data.skills.Longblade.base }, { 77, 66 })
end)

test("sets the level", function()
  stage.open()
  done("set_stat", { stat = "Level", value = 7 })
  equal({ tes3mp.GetLevel(0), Players[0].data.stats.level }, { 7, 7 })
end)

test("sets what is left and what is full of health, magicka and fatigue", function()
  stage.open()
  for _, gauge in ipairs({ "Health", "Magicka", "Fatigue" }) do
    done("set_stat", { stat = gauge:lower() .. "_base", value = 80 })
    done("set_stat", { stat = gauge, value = 33.5 })
    equal({ tes3mp["Get" .. gauge .. "Base"](0), tes3mp["Get" .. gauge .. "Current"](0) }, { 80, 33.5 })
    equal(Players[0].data.stats[gauge:lower() .. "Current"], 33.5)
  end
  equal(#stage.calls("SendStatsDynamic"), 6)
end)

test("keeps to the server's caps, where CoreScripts would set the value back", function()
  declined("set_stat", { stat = "Strength", value = 201 }, "bad_arguments", "value")
  declined("set_stat", { stat = "Longblade", value = 201 }, "bad_arguments", "value")
  done("set_stat", { stat = "Speed", value = 365 })
  done("set_stat", { stat = "Acrobatics", value = 1200 })
  declined("set_stat", { stat = "Speed", value = 366 }, "bad_arguments", "value")
end)

test("declines stats that don't exist and values they can't have", function()
  declined("set_stat", { stat = "Charm", value = 5 }, "bad_arguments", "stat")
  declined("set_stat", { stat = "Strength", value = 1.5 }, "bad_arguments", "value")
  declined("set_stat", { stat = "level", value = 0 }, "bad_arguments", "value")
  declined("set_stat", { stat = "health_base", value = 0 }, "bad_arguments", "value")
end)

test("declines to load tables that are damaged", function()
  local breaks = {
    { "Strength", function(data) data.attributes.Luck.damage = nil end },
    { "Strength", function(data) data.attributes = "none" end },
    { "Axe", function(data) data.skills.Axe.progress = 0 / 0 end },
    { "level", function(data) data.stats.levelProgress = "x" end },
  }
  for _, case in ipairs(breaks) do
    stage.open()
    case[2](Players[0].data)
    refused("set_stat", { stat = case[1], value = 5 }, "game_refused")
  end
end)

test("saves a stat that it set, once", function()
  for _, stat in ipairs({ "Strength", "Axe", "level", "health", "magicka_base" }) do
    stage.open()
    equal(acting.saves_of(Players[0], function() done("set_stat", { stat = stat, value = 5 }) end), 1, stat)
  end
end)

acting.covers("stats")
