local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, holds, test = harness.equal, harness.holds, harness.test

test("runs a console command only where the operator allows it", function()
  declined("console", { text = "coc Balmora" }, "not_permitted", "name")
  declined("console", { text = "coc Balmora" }, "not_permitted", "name", { allow_raw = false })
  done("console", { text = "player->additem gold_001 5" }, { allow_raw = true })
  equal(stage.calls("SetObjectListConsoleCommand")[1][2], "player->additem gold_001 5")
  equal(stage.calls("SendConsoleCommand")[1][2], false)
end)

test("leaves a player in the game whose client ran the command it was sent", function()
  stage.open()
  done("console", { text = "player->additem gold_001 5" }, { allow_raw = true })
  stage.settle()
  holds(Players[0] and Players[0]:IsLoggedIn(), "the player was kicked")
end)

test("declines to queue a command for a player who is nowhere yet", function()
  for _, damage in ipairs({ function(data) data.location.cell = 5 end,
    function(data) data.location = nil end }) do
    stage.open()
    damage(Players[0].data)
    refused("console", { text = "coc Balmora" }, "game_refused", nil, { allow_raw = true })
  end
end)

acting.covers("console")
