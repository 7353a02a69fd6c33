--- Fights between a player and a creature, through the commands.
local harness = require("harness")
local playing = require("playing")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test
local denied, done, go_to, listen = playing.denied, playing.done, playing.go_to, playing.listen

local RAT = "102008-0"

local function fight()
  for _ = 1, 60 do
    local rat = require("simulator.world.sight").find(stage.client(), RAT)
    if not rat or rat.is_dead then return end
    done("turn", { yaw = math.deg(math.atan2(rat.x - stage.client().x, rat.y - stage.client().y)) })
    playing.outcome_of("attack", {})
  end
end

test("fights: blows are reported as hits, a creature strikes back, dies, and leaves what it carried", function()
  stage.open()
  playing.set_health(200)
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
    stage.run(playing.STEP_MS)
  end
  equal({ heard[1][2], tes3mp.GetPlayerKillerName(0) }, { 0, "rat" })
end)
