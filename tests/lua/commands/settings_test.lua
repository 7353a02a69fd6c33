local acting = require("acting")
local harness = require("harness")
local json = require("timmy.wire.json")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

test("allows and forbids, and leaves it to the server again", function()
  stage.open()
  equal(done("set_permission", { permission = "wait", allowed = false }), { permission = "wait", allowed = false })
  equal({ Players[0].data.settings.waitAllowed, stage.client().settings.wait_allowed }, { false, false })
  equal(done("set_permission", { permission = "wait" }), { permission = "wait", allowed = json.null })
  equal({ Players[0].data.settings.waitAllowed, stage.client().settings.wait_allowed }, { "default", true })
  for permission, field in pairs({ console = "console_allowed", bed_rest = "bed_rest_allowed",
    wilderness_rest = "wilderness_rest_allowed" }) do
    done("set_permission", { permission = permission, allowed = true })
    equal(stage.client().settings[field], true, permission)
  end
end)

test("sets numbers of a client within their own bounds", function()
  stage.open()
  equal(done("set_client_setting", { setting = "difficulty", value = -20 }), { setting = "difficulty", value = -20 })
  equal({ Players[0].data.settings.difficulty, stage.client().settings.difficulty }, { -20, -20 })
  done("set_client_setting", { setting = "physics_framerate", value = 30 })
  done("set_client_setting", { setting = "log_level", value = 4 })
  equal({ stage.client().settings.physics_framerate, stage.client().settings.enforced_log_level }, { 30, 4 })
  equal(done("set_client_setting", { setting = "difficulty" }).value, json.null)
  equal(stage.client().settings.difficulty, config.difficulty)
  declined("set_client_setting", { setting = "difficulty", value = 101 }, "bad_arguments", "value")
  declined("set_client_setting", { setting = "physics_framerate", value = 0 }, "bad_arguments", "value")
end)

test("declines where neither a value is given nor the operator has one that can be sent", function()
  stage.open()
  config.allowWait, config.difficulty = nil, "hard"
  refused("set_permission", { permission = "wait" }, "game_refused")
  refused("set_client_setting", { setting = "difficulty" }, "game_refused")
  Players[0].data.settings = "none"
  refused("set_permission", { permission = "wait", allowed = true }, "game_refused")
end)

acting.covers("settings")
