local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

test("lets a player play an animation for all to see", function()
  stage.open()
  equal(done("play_animation", { animation = "idle4" }), { animation = "idle4", count = 1 })
  local seen = stage.client("Jiub").received.Animation
  equal({ seen.pid, seen.group, seen.count, seen.persists }, { 0, "idle4", 1, false })
  declined("play_animation", { animation = "walkforward" }, "bad_arguments", "animation")
end)

test("lets a player say a line for all to hear", function()
  stage.open()
  equal(done("play_speech", { file = "Vo\\d\\m\\Hlo_DM001.mp3" }), { file = "Vo\\d\\m\\Hlo_DM001.mp3" })
  equal(stage.client("Jiub").received.Speech.sound, "Vo\\d\\m\\Hlo_DM001.mp3")
  declined("play_speech", { file = "..\\secret.mp3" }, "bad_arguments", "file")
end)

test("plays a sound to one player by its console, which is not held against it", function()
  stage.open()
  equal(done("play_sound", { sound = "thunder0" }), { sound = "thunder0" })
  stage.settle()
  equal(stage.client().console, { 'playsound "thunder0"' })
  equal({ stage.client("Jiub").console, Players[0]:IsLoggedIn() }, { {}, true })
end)

test("puts nothing into a console command but an id", function()
  declined("play_sound", { sound = 'x" player->additem "gold_001' }, "no_such_target", "sound")
  stage.open()
  Players[0].data.location = nil
  refused("play_sound", { sound = "thunder0" }, "game_refused", "player")
end)

acting.covers("animation")
