local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local done = acting.done
local equal, test = harness.equal, harness.test

test("shows a line to one player only", function()
  stage.open()
  equal(done("message", { player = "Jiub", text = "hello" }), { text = "hello" })
  equal(stage.calls("SendMessage"), { { "SendMessage", 1, "hello\n", false, false } })
end)

acting.covers("chat")
