local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

test("makes two players allies of each other, and strangers again", function()
  stage.open()
  equal(done("set_ally", { other = "Jiub" }), { other = "Jiub", allied = true })
  done("set_ally", { player = "Jiub", other = "Timmy" })
  equal({ Players[0].data.alliedPlayers, Players[1].data.alliedPlayers }, { { "Jiub" }, { "Timmy" } })
  local about_timmy = stage.client("Jiub").received.Allies
  equal({ about_timmy.pid, about_timmy.allies }, { 0, { 1 } })
  done("set_ally", { other = "Jiub", allied = false })
  equal({ Players[0].data.alliedPlayers, Players[1].data.alliedPlayers }, { {}, {} })
end)

test("declines an ally who is not here, or the player itself", function()
  declined("set_ally", { other = "Nerevar" }, "no_such_player", "other")
  declined("set_ally", { other = "Timmy" }, "bad_arguments", "other")
end)

test("declines to write into tables that are damaged", function()
  for pid = 0, 1 do
    stage.open()
    Players[pid].data.alliedPlayers = "none"
    refused("set_ally", { other = "Jiub" }, "game_refused")
  end
end)

acting.covers("allies")
