--- An agent reads exactly the chat that its player's client was sent, as CoreScripts 0.8.1 (commit 8f915f8) send it:
-- the windows of the simulated clients are the reference.
local harness = require("harness")
local chat_log = require("timmy.state.chat_log")
local json = require("timmy.wire.json")
local sections = require("timmy.sections.registry")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local function lines_of(pid)
  return json.decode(json.encode(sections.read("chat", pid or 0))).lines
end

local function texts_of(pid)
  local texts = {}
  for _, line in ipairs(lines_of(pid)) do texts[#texts + 1] = line.text end
  return texts
end

local function last_of(pid)
  local lines = lines_of(pid)
  local line = lines[#lines] or {}
  return { line.text, line.player, line.pid }
end

test("reads chat lines with their speakers", function()
  stage.open()
  stage.host.chat(1, "Hello")
  equal({ last_of(0), last_of(1) }, { { "Jiub (1): Hello", "Jiub", 1 }, { "Jiub (1): Hello", "Jiub", 1 } })
end)

test("reads a member of the staff with the mark of its rank", function()
  stage.open()
  for rank, mark in ipairs({ "[Mod] ", "[Admin] ", "[Owner] " }) do
    Players[1].data.settings.staffRank = rank
    stage.host.chat(1, "Hello")
    equal(last_of(0), { mark .. "Jiub (1): Hello", "Jiub", 1 })
  end
end)

test("reads what the server's chat commands say, where they say it", function()
  stage.open()
  stage.host.chat(1, "/me waves")
  equal(last_of(0), { "Jiub (1) waves", "Jiub", 1 })
  stage.host.chat(1, "/msg 0 a word")
  equal({ last_of(0), last_of(1) }, { { "Jiub (1) to Timmy (0): a word", "Jiub", 1 },
    { "Jiub (1) to Timmy (0): a word", "Jiub", 1 } })
  stage.host.chat(1, "/l here")
  equal(last_of(0), { "Jiub (1) to local area: here", "Jiub", 1 })
  stage.host.move(1, -23894, -15079, 505)
  stage.settle()
  stage.host.chat(1, "/l far")
  equal({ last_of(0)[1], last_of(1)[1] }, { "Jiub (1) to local area: here", "Jiub (1) to local area: far" })
end)

test("reads the server's answer to a command without a speaker, and only in its receiver's window", function()
  stage.open()
  stage.host.chat(1, "/dance")
  equal({ last_of(1), #lines_of(0) }, { { "Not a valid command. Type /help for more info." }, 0 })
end)

test("does not read what a script hid from the clients, by either return value of a validator", function()
  for _, status in ipairs({ { false, nil }, { false, true }, { false, false } }) do
    stage.open()
    customEventHooks.registerValidator("OnPlayerSendMessage", function()
      return customEventHooks.makeEventStatus(status[1], status[2])
    end)
    stage.host.chat(1, "muted")
    equal({ #lines_of(0), #lines_of(1) }, { 0, 0 })
  end
end)

test("reads a line that is hidden from other scripts' handlers but shown to players", function()
  stage.open()
  customEventHooks.registerValidator("OnPlayerSendMessage", function()
    return customEventHooks.makeEventStatus(true, false)
  end)
  stage.host.chat(1, "Hello")
  equal(last_of(0)[1], "Jiub (1): Hello")
end)

test("reads what a local chat's script shows in its own way, to whom it shows it", function()
  stage.open()
  customEventHooks.registerValidator("OnPlayerSendMessage", function(_, pid, text)
    tes3mp.SendMessage(pid, "(nearby) " .. Players[pid].name .. ": " .. text .. "\n", false)
    return customEventHooks.makeEventStatus(false, nil)
  end)
  stage.host.chat(1, "psst")
  equal({ last_of(1), #lines_of(0) }, { { "(nearby) Jiub: psst", "Jiub", 1 }, 0 })
end)

test("reads joins, leaves, deaths and scripts' notices, as the windows show them", function()
  stage.open()
  local pid = stage.host.connect("Nerevar")
  stage.host.kill(1, { name = "mudcrab", refId = "mudcrab" })
  tes3mp.SendMessage(1, "Note: #FFFF00restart\nin an hour.\n", true, true)
  stage.host.disconnect(pid)
  equal(texts_of(0), { "Nerevar (2) has joined the server.", "Jiub (1) was killed by mudcrab.", "Note: restart",
    "in an hour.", "Nerevar (2) has left the server." })
  for _, line in ipairs(lines_of(0)) do equal(line.player, nil) end
  equal(#lines_of(1), 3)
end)

test("shows a new player its own window only, including the welcome before the login", function()
  stage.open()
  stage.host.chat(1, "before")
  local pid = stage.host.connect("Nerevar")
  stage.host.chat(0, "Welcome, Nerevar")
  equal(texts_of(pid), { "Nerevar (2) has joined the server.", "Welcome Nerevar", "You have 60 seconds to log in.",
    "You have successfully logged in.", "Timmy (0): Welcome, Nerevar" })
  stage.host.disconnect(pid)
  equal(#texts_of(stage.host.connect("Sotha")), 4)
end)

-- Seen in the windows of two clients of a TES3MP 0.8.1 server (49be5b6), CoreScripts 8f915f8.
test("ends the welcome with the login and the operator's instructions", function()
  stage.open()
  config.chatWindowInstructions = color.White .. "Be kind.\n"
  local texts = texts_of(stage.host.connect("Nerevar"))
  equal({ texts[#texts - 1], texts[#texts] }, { "You have successfully logged in.", "Be kind." })
  equal(last_of(0)[1], "Nerevar (2) has joined the server.")
end)

-- TES3MP 0.8.1 (49be5b6), CoreScripts 8f915f8: who shares an address with others is said to.
test("has each client come from an address of its own", function()
  stage.open()
  local pid = stage.host.connect("Nerevar")
  local seen = {}
  for other = 0, pid do seen[tes3mp.GetIP(other)] = true end
  local count = 0
  for _ in pairs(seen) do count = count + 1 end
  equal(count, pid + 1)
end)

-- As the windows of two clients of a TES3MP 0.8.1 server (49be5b6), CoreScripts 8f915f8, had it.
test("reads invitations to an alliance, on both sides", function()
  stage.open()
  stage.host.chat(0, "/join 1")
  equal(last_of(0)[1], "You have not yet been invited to become an ally of Jiub (1)")
  stage.host.chat(0, "/invite 1")
  equal({ last_of(0)[1], last_of(1)[1] }, { "You have invited Jiub (1) to be your ally.",
    "Timmy (0) has invited you to become their ally. Write /join 0 to accept." })
  stage.host.chat(1, "/join 0")
  equal({ last_of(0)[1], Players[0].data.alliedPlayers, Players[1].data.alliedPlayers },
    { "Jiub (1) has agreed to become your ally.", { Players[1].accountName }, { Players[0].accountName } })
  stage.host.chat(1, "/leave 0")
  equal({ last_of(0)[1], Players[0].data.alliedPlayers }, { "Jiub (1) has stopped having you as an ally.", {} })
  stage.host.chat(1, "/leave 1")
  equal(last_of(1)[1], "You can't leave an alliance with yourself.")
end)

-- TES3MP 0.8.1 (49be5b6), CoreScripts 8f915f8.
test("calls who died by its own hand a suicide", function()
  stage.open()
  stage.host.kill(1, { pid = 1, name = "Jiub" })
  equal(last_of(0)[1], "Jiub (1) committed suicide.")
end)

test("reads what the bridge itself shows: an announcement, a line to one, an actor's words", function()
  stage.open()
  local commands = require("timmy.commands.registry")
  holds(commands.run("broadcast", { player = "Timmy", text = "A storm." }))
  equal({ last_of(0), last_of(1) }, { { "A storm." }, { "A storm." } })
  holds(commands.run("message", { player = "Jiub", text = "Run." }))
  equal({ last_of(0)[1], last_of(1)[1] }, { "A storm.", "Run." })
  local actor = sections.read("nearby_actors", 0)
  local index = json.decode(json.encode(actor)).actors[1].unique_index
  holds(commands.run("say_as_actor", { player = "Timmy", unique_index = index, text = "Outlander!", name = "Fargoth" }))
  equal(last_of(0), { "Fargoth: Outlander!" })
end)

test("takes colour marks as the window does: any six characters after the sign; a doubled sign is read", function()
  stage.open()
  local marked = { ["#FF0000red#FFFFFF"] = "red", ["no ##1"] = "no #1", ["a#zz"] = "a", ["##FF0000x"] = "#FF0000x",
    ["#ééééééx"] = "x", ["50#"] = "50" }
  for sent, read in pairs(marked) do
    tes3mp.SendMessage(0, sent, false)
    equal(last_of(0)[1], read)
  end
end)

test("keeps the newest fifty lines, and what is no UTF-8 as far as it can be read", function()
  stage.open()
  for number = 1, 60 do stage.host.chat(1, "line " .. number) end
  equal({ #lines_of(0), last_of(0)[1] }, { 50, "Jiub (1): line 60" })
  tes3mp.SendMessage(0, "caf\233\n", false)
  equal(last_of(0)[1], "caf\239\191\189")
  tes3mp.SendMessage(0, ("line\n"):rep(5000), false)
  equal({ #lines_of(0), last_of(0)[1] }, { 50, "line" })
end)

test("finds the window empty once it was emptied, by whatever call", function()
  stage.open()
  for _, empty in ipairs({ function() tes3mp.SendMessage(0, "", false) end, function() tes3mp.CleanChatForPid(0) end,
    function() tes3mp.CleanChat() end }) do
    stage.host.chat(1, "Hello")
    empty()
    equal({ #lines_of(0), #stage.client("Timmy").chat }, { 0, 0 })
  end
end)

test("ignores a line to a player who is not online", function()
  stage.open()
  tes3mp.SendMessage(7, "to nobody\n", true)
  equal(#lines_of(0), 0)
  equal(table.concat(stage.client("Timmy").chat):find("nobody", 1, true), nil)
end)

test("reads a line about a player who was refused at login", function()
  stage.open()
  local known = Players[1]
  Players[1] = nil
  tes3mp.SendMessage(1, "a stranger tried a name that is taken\n", true)
  equal(last_of(0)[1], "a stranger tried a name that is taken")
  Players[1] = known
end)

test("passes every call on unchanged, also one that raises, and one through a script's own wrapper", function()
  stage.open()
  local passed
  local inner = tes3mp.SendMessage
  tes3mp.SendMessage = function(pid, text, ...) passed = text return inner(pid, text:upper(), ...) end
  stage.host.chat(1, "loud")
  equal({ passed:find("loud", 1, true) ~= nil, last_of(0)[1] }, { true, "JIUB (1): LOUD" })
  tes3mp.SendMessage = function() error("not sent", 0) end
  chat_log.install()
  equal({ pcall(tes3mp.SendMessage, 0, "lost\n") }, { false, "not sent" })
  equal(#lines_of(0), 0)
end)

test("stands in the way of a call once, however often it is begun", function()
  stage.open()
  chat_log.install()
  chat_log.install()
  stage.host.chat(1, "once")
  equal(#lines_of(0), 1)
end)

test("reports a line's speaker also when one message makes a script send another's, or fails", function()
  stage.open()
  customEventHooks.registerHandler("OnPlayerSendMessage", function(_, pid, text)
    if text == "ping" then _G.OnPlayerSendMessage(1 - pid, "pong") end
  end)
  stage.host.chat(0, "ping")
  equal(last_of(0), { "Jiub (1): pong", "Jiub", 1 })
  tes3mp.SetScriptErrorIgnoringState(true)
  customEventHooks.registerValidator("OnPlayerSendMessage", function() error("a script broke") end)
  stage.host.chat(1, "lost")
  tes3mp.SendMessage(0, "Jiub (1) is the word of the day.\n", false)
  equal(last_of(0), { "Jiub (1) is the word of the day." })
end)
