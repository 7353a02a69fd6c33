local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local done = acting.done
local equal, test = harness.equal, harness.test

--- The newest line in a player's chat window.
local function read(name)
  local lines = stage.client(name).chat
  return lines[#lines]
end

test("shows a line to one player only", function()
  stage.open()
  equal(done("message", { player = "Jiub", text = "hello" }), { text = "hello" })
  equal(stage.calls("SendMessage"), { { "SendMessage", 1, "hello\n", false, false } })
  equal(read("Jiub"), "hello\n")
end)

test("lets everybody read what a player says", function()
  stage.open()
  equal(done("chat", { text = "Anybody here?" }), { text = "Anybody here?" })
  local said = color.White .. "Timmy (0): Anybody here?\n"
  equal({ read("Timmy"), read("Jiub") }, { said, said })
end)

test("does not run what a player says as a chat command", function()
  stage.open()
  done("chat", { text = "/kick 1" })
  stage.settle()
  equal(Players[1]:IsLoggedIn(), true)
end)

test("shows everybody a line of nobody's", function()
  stage.open()
  done("broadcast", { text = "A storm is coming." })
  equal({ read("Timmy"), read("Jiub") }, { "A storm is coming.\n", "A storm is coming.\n" })
end)

test("empties one player's chat window", function()
  stage.open()
  done("broadcast", { text = "A storm is coming." })
  equal(done("clear_chat", {}), { cleared = true })
  equal({ #stage.client("Timmy").chat, read("Jiub") }, { 0, "A storm is coming.\n" })
end)

test("shows a note on a player's screen", function()
  stage.open()
  equal(done("message_box", { text = "Well met." }), { text = "Well met." })
  local box = stage.client().box
  equal({ box.box, box.label, box.id }, { "MessageBox", "Well met.", -1 })
end)

acting.covers("chat")
