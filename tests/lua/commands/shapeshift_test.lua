local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

test("makes a player larger, a werewolf, a creature, and itself again", function()
  stage.open()
  equal(done("set_scale", { scale = 1.5 }), { scale = 1.5 })
  equal(done("set_werewolf", { werewolf = true }), { werewolf = true })
  equal(done("set_creature", { creature = "rat", show_name = true }), { creature = "rat", show_name = true })
  equal({ tes3mp.GetScale(0), tes3mp.IsWerewolf(0), tes3mp.GetCreatureRefId(0), tes3mp.GetCreatureNameDisplayState(0) },
    { 1.5, true, "rat", true })
  equal(Players[0].data.shapeshift.creatureRefId, "rat")
  equal(#stage.calls("SendShapeshift"), 3)
  done("set_creature", {})
  done("set_werewolf", { werewolf = false })
  equal({ tes3mp.GetScale(0), tes3mp.IsWerewolf(0), tes3mp.GetCreatureRefId(0) }, { 1.5, false, "" })
end)

test("declines to load a shape that is damaged", function()
  local arguments = { set_scale = { scale = 2 }, set_werewolf = { werewolf = true }, set_creature = {} }
  for name, given in pairs(arguments) do
    for _, damage in ipairs({ "none", { scale = "large" }, { isWerewolf = 1 }, { creatureRefId = 5 } }) do
      stage.open()
      Players[0].data.shapeshift = damage
      refused(name, given, "game_refused")
    end
  end
  declined("set_scale", { scale = 0 }, "bad_arguments", "scale")
end)

test("saves a shape, once", function()
  stage.open()
  equal(acting.saves_of(Players[0], function() done("set_scale", { scale = 2 }) end), 1)
end)

acting.covers("shapeshift")
