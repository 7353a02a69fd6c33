local acting = require("acting")
local harness = require("harness")
local json = require("timmy.wire.json")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, holds, test = harness.equal, harness.holds, harness.test

--- What a client may do whose token has the scope for chat commands.
local SCOPE = { chat_command = true }
--- The same for console commands.
local RAW = { raw = true }

--- Gives a command that the server's scripts do not take, though it reached them.
local function refused_by_the_game(name, arguments, field)
  acting.refused_after_trying(name, arguments, "game_refused", field, SCOPE)
end

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

--- What CoreScripts 0.8.1 (commit 8f915f8) make of a chat line, as the simulated clients show it.
test("lets the server handle a player's message, and reports who received it", function()
  stage.open()
  equal(done("chat", { text = "Anybody here?" }), { text = "Anybody here?", heard_by = { "Jiub", "Timmy" } })
  local said = color.White .. "Timmy (0): Anybody here?\n"
  equal({ read("Timmy"), read("Jiub") }, { said, said })
end)

test("passes the server's validators and handlers, once each, as a typed line does", function()
  stage.open()
  local asked, told = {}, {}
  customEventHooks.registerValidator("OnPlayerSendMessage", function(_, ...) asked[#asked + 1] = { ... } end)
  customEventHooks.registerHandler("OnPlayerSendMessage", function(_, ...) told[#told + 1] = { ... } end)
  done("chat", { text = "Hello" })
  equal({ asked, told }, { { { 0, "Hello" } }, { { 0, "Hello" } } })
end)

test("reports that nobody received what a script suppressed", function()
  stage.open()
  customEventHooks.registerValidator("OnPlayerSendMessage", function()
    return customEventHooks.makeEventStatus(false, false)
  end)
  equal(done("chat", { text = "Hello" }).heard_by, {})
  equal({ read("Timmy"):find("Hello", 1, true), read("Jiub"):find("Hello", 1, true) }, {})
end)

test("declines what the server would take for a chat command, and runs nothing", function()
  declined("chat", { text = "/kick 1" }, "bad_arguments", "text")
  stage.settle()
  equal(Players[1]:IsLoggedIn(), true)
  equal(done("chat", { text = " /kick 1" }).heard_by, { "Jiub", "Timmy" })
  equal(Players[1]:IsLoggedIn(), true)
end)

test("survives a script that fails on a line, and reports it", function()
  stage.open()
  customEventHooks.registerValidator("OnPlayerSendMessage", function() error("a script broke") end)
  for name, text in pairs({ chat = "Hello", chat_command = "/me waves" }) do
    local value, wrong = acting.run(name, { player = "Timmy", text = text }, SCOPE)
    equal({ value, wrong.code }, { nil, "game_refused" })
  end
  refused_by_the_game("whisper", { to = "Jiub", text = "psst" })
  equal(stage.host.death(), nil)
  local logged = stage.calls("LogMessage")
  harness.contains(logged[#logged][3], "a script broke")
end)

test("runs a chat command as the player, if the token allows it", function()
  declined("chat_command", { text = "/me waves" }, "not_permitted", "name")
  equal(done("chat_command", { text = "/me waves" }, SCOPE),
    { text = "/me waves", heard_by = { "Jiub", "Timmy" }, dialog = json.null, notes = {} })
  equal({ read("Timmy"), read("Jiub") }, { "Timmy (0) waves\n", "Timmy (0) waves\n" })
  declined("chat_command", { text = "me waves" }, "bad_arguments", "text", SCOPE)
end)

test("runs a chat command with the player's rank, not with the server's", function()
  stage.open()
  done("chat_command", { text = "/kick 1" }, SCOPE)
  stage.settle()
  equal({ Players[1]:IsLoggedIn(), read("Timmy"):find("Not a valid command", 1, true) ~= nil }, { true, true })
  Players[0].data.settings.staffRank = 1
  done("chat_command", { text = "/kick 1" }, SCOPE)
  stage.settle()
  equal(Players[1], nil)
end)

test("whispers with the server's own command: both players receive it, nobody else does", function()
  stage.open()
  stage.host.connect("Nerevar")
  local before = #stage.client("Nerevar").chat
  equal(done("whisper", { to = "Jiub", text = "psst" }), { to = "Jiub", text = "psst" })
  local said = "Timmy (0) to Jiub (1): psst\n"
  equal({ read("Timmy"), read("Jiub"), #stage.client("Nerevar").chat - before }, { said, said, 0 })
end)

test("refuses to whisper to an absent player, to oneself, or on a server without whispering", function()
  declined("whisper", { to = "Nobody", text = "psst" }, "no_such_player", "to")
  declined("whisper", { to = "Timmy", text = "psst" }, "bad_arguments", "to")
  customCommandHooks.removeCommand("msg")
  refused_by_the_game("whisper", { to = "Jiub", text = "psst" }, "to")
end)

test("is refused where the server's scripts have no chat event", function()
  stage.open()
  local event = _G.OnPlayerSendMessage
  rawset(_G, "OnPlayerSendMessage", nil)
  refused_by_the_game("chat", { text = "Hello" })
  refused_by_the_game("chat_command", { text = "/me waves" })
  rawset(_G, "OnPlayerSendMessage", event)
end)

test("shows everybody a line without a speaker", function()
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

test("runs a console command only where the operator allows it", function()
  declined("console", { text = "coc Balmora" }, "not_permitted", "name")
  declined("console", { text = "coc Balmora" }, "not_permitted", "name", { raw = false })
  done("console", { text = "player->additem gold_001 5" }, RAW)
  equal(stage.calls("SetObjectListConsoleCommand")[1][2], "player->additem gold_001 5")
  equal(stage.calls("SendConsoleCommand")[1][2], false)
end)

test("leaves a player in the game whose client ran the command it was sent", function()
  stage.open()
  done("console", { text = "player->additem gold_001 5" }, RAW)
  stage.settle()
  holds(Players[0] and Players[0]:IsLoggedIn(), "the player was kicked")
end)

test("declines to queue a command for a player who is nowhere yet", function()
  for _, damage in ipairs({ function(data) data.location.cell = 5 end,
    function(data) data.location = nil end }) do
    stage.open()
    damage(Players[0].data)
    refused("console", { text = "coc Balmora" }, "game_refused", nil, RAW)
  end
end)

acting.covers("chat")
