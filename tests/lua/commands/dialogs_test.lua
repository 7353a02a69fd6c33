local acting = require("acting")
local harness = require("harness")
local json = require("timmy.wire.json")
local sections = require("timmy.sections.registry")
local stage = require("stage")

local answered, declined, done, refused = acting.answered, acting.declined, acting.done, acting.refused
local refused_after_trying = acting.refused_after_trying
local equal, holds, test = harness.equal, harness.holds, harness.test

local STAFF = { chat_command = true }
local QUESTION = { text = "Well?", buttons = { "Yes", "No" } }

--- A world in which nobody answers by itself.
local function open_silent()
  stage.open()
  stage.client().answers_dialogs = false
end

--- Asks Timmy, who answers with this.
local function asked(name, arguments, data)
  open_silent()
  local outcome = done(name, arguments)
  stage.host.answer(0, data)
  return outcome.value
end

test("asks for a button and gives what was pressed", function()
  stage.open()
  equal(answered("ask", { text = "Well?", buttons = { "Yes", "No" } }), { index = 0, choice = "Yes" })
  equal(asked("ask", { text = "Well?", buttons = { "Yes", "No" } }, "1"), { index = 1, choice = "No" })
  equal(stage.client().box.extra, "Yes;No")
end)

test("asks for a choice from a list, or none", function()
  local arguments = { text = "Where to?", choices = { "Balmora", "Vivec" } }
  stage.open()
  equal(answered("ask_choice", arguments), { index = 0, choice = "Balmora" })
  -- What a real client sends when nothing was chosen: the largest number of its platform.
  equal(asked("ask_choice", arguments, "18446744073709551615"), { index = json.null, choice = json.null })
  equal(stage.client().box.extra, "Balmora\nVivec")
end)

test("takes no answer that can't be one", function()
  for _, data in ipairs({ "2", "-1", "0.5", "nan", "", "first" }) do
    equal(asked("ask", QUESTION, data), { index = json.null, choice = json.null }, data)
  end
end)

test("asks for a line of text", function()
  stage.open()
  equal(answered("ask_text", { text = "Your name?", note = "As in the papers" }), { text = "aye" })
  equal(asked("ask_text", { text = "Your name?" }, "Nere\255var"), { text = "Nere\239\191\189var" })
  equal(#asked("ask_text", { text = "Your name?" }, ("x"):rep(1000000)).text, 4096)
end)

test("asks one question at a time, and each player its own", function()
  open_silent()
  done("ask", { text = "First?", buttons = { "Yes" } })
  stage.settle()
  for _, name in ipairs({ "ask", "ask_choice", "ask_text" }) do
    refused(name, { text = "Second?", buttons = name == "ask" and { "Yes" } or nil,
      choices = name == "ask_choice" and { "Yes" } or nil }, "game_refused", "player")
  end
  done("ask", { player = "Jiub", text = "First?", buttons = { "Yes" } })
  stage.host.answer(0, "0")
  done("ask", { text = "Second?", buttons = { "Yes" } })
end)

test("is answered when the player leaves", function()
  for _, version in ipairs({ "release", "newest" }) do
    stage.open({ core_scripts = version })
    stage.client().answers_dialogs = false
    local outcome = done("ask", { text = "Well?", buttons = { "Yes" } })
    stage.host.disconnect(0)
    equal({ outcome.value, outcome.error.code }, { nil, "no_such_player" })
  end
end)

test("does not take an answer for a newcomer's of the same slot", function()
  open_silent()
  done("ask", { text = "Well?", buttons = { "Yes" } })
  stage.host.disconnect(0)
  stage.host.connect("Fargoth")
  stage.client("Fargoth").answers_dialogs = false
  holds(not done("ask", { player = "Fargoth", text = "Well?", buttons = { "Yes" } }).is_settled)
end)

test("reads nothing that comes under another number: it may be a password", function()
  open_silent()
  local outcome = done("ask_text", { text = "Your name?" })
  local number = stage.client().box.id
  local secret = setmetatable({}, { __tostring = function() error("a secret was read") end })
  for _, other in ipairs({ 1, 2, 9001, -1, number - 1, number + 1 }) do
    customEventHooks.triggerHandlers("OnGUIAction", customEventHooks.makeEventStatus(true, true), { 0, other, secret })
    customEventHooks.triggerHandlers("OnGUIAction", customEventHooks.makeEventStatus(true, true), { 1, number, secret })
  end
  equal(outcome.is_settled, false)
  equal(#stage.calls("LogMessage"), 0)
end)

test("gives each question a number of its own, so that a late answer is ignored", function()
  open_silent()
  local first = done("ask", { text = "First?", buttons = { "Yes" } })
  local number = stage.client().box.id
  first:settle(nil, { code = "expired" })
  local second = done("ask", { text = "Second?", buttons = { "Yes" } })
  customEventHooks.triggerHandlers("OnGUIAction", customEventHooks.makeEventStatus(true, true), { 0, number, "0" })
  equal(second.is_settled, false)
end)

test("receives the answer although a message box was shown in between", function()
  open_silent()
  local outcome = done("ask", { text = "Well?", buttons = { "Yes", "No" } })
  done("message_box", { text = "A storm is coming." })
  stage.host.answer(0, "1")
  equal(outcome.value, { index = 1, choice = "No" })
end)

test("declines labels that would make two of one", function()
  declined("ask", { text = "Well?", buttons = { "Yes;No" } }, "bad_arguments", "buttons.0")
  declined("ask", { text = "Well?", buttons = json.array({}) }, "bad_arguments", "buttons")
  declined("ask_choice", { text = "Well?", choices = { "Vivec", "a\nb" } }, "bad_arguments",
    "choices.1")
end)

--- What scripts show: kanaBank's list, for one, has colours in its entries.
local function show(box, ...)
  open_silent()
  tes3mp[box](0, 4711, ...)
  stage.forget()
end

local function perceived() return json.decode(json.encode(sections.read("dialog", 0))).open end

--- Answers Timmy's open box, and returns what the server's scripts heard.
local function answer_heard(arguments)
  local heard
  customEventHooks.registerHandler("OnGUIAction", function(_, pid, id, data) heard = { pid, id, data } end)
  local value = done("answer_dialog", arguments, STAFF)
  return heard, value
end

test("perceives a box of any script as it is read", function()
  show("CustomMessageBox", "#FF0000Delete #FFFFFFit?", "Yes;#00FF00No;")
  local number = perceived().number
  equal(perceived(), { number = number, kind = "buttons", text = "Delete it?", choices = { "Yes", "No" },
    truncated = false })
  show("ListBox", "Your houses", "#FFFF00Seyda Neen\nBalmora\n")
  equal(perceived().choices, { "Seyda Neen", "Balmora", "" }) -- a client makes an entry of what follows the last break
  show("InputDialog", "How much?", "You have 5.")
  equal({ perceived().kind, perceived().note, perceived().choices }, { "text", "You have 5.", {} })
end)

test("perceives a long list in part, and answers all of it", function()
  local entries = {}
  for position = 1, 300 do entries[position] = "House " .. position end
  show("ListBox", "Houses", table.concat(entries, "\n"))
  equal({ #perceived().choices, perceived().truncated }, { 256, true })
  equal(answer_heard({ choice = "House 300" }), { 0, 4711, "299" })
end)

test("answers as the client would", function()
  show("CustomMessageBox", "Well?", "Yes;No")
  equal(answer_heard({ choice = "No" }), { 0, 4711, "1" })
  show("ListBox", "Where to?", "Balmora\nVivec")
  equal(answer_heard({ index = 1 }), { 0, 4711, "1" })
  show("ListBox", "Where to?", "Balmora\nVivec")
  equal(answer_heard({}), { 0, 4711, "18446744073709551615" })
  show("InputDialog", "How much?", "")
  equal(answer_heard({ text = "12" }), { 0, 4711, "12" })
  equal(perceived(), json.null)
end)

test("returns the box that follows, and the one that a chat command shows", function()
  open_silent()
  local first = done("chat_command", { text = "/craft" }, STAFF).dialog
  equal(first.choices, { "White pillow", "Guarskin drum", "Exit" })
  local second = done("answer_dialog", { number = first.number, choice = "White pillow" }, STAFF).dialog
  equal({ second.text, second.number > first.number }, { "How many?", true })
  stage.forget()
  refused("answer_dialog", { number = first.number, index = 0 }, "no_such_target", "number", STAFF)
  equal(done("chat_command", { text = "/me waves" }, STAFF).dialog, json.null)
end)

test("perceives the notes of scripts, and returns those of a command", function()
  open_silent()
  customCommandHooks.registerCommand("house", function(pid) tes3mp.MessageBox(pid, -1, "#FF0000You have no house.") end)
  equal(done("chat_command", { text = "/house" }, STAFF).notes, { "You have no house." })
  for number = 1, 12 do tes3mp.MessageBox(0, -1, "Note " .. number) end
  local notes = json.decode(json.encode(sections.read("dialog", 0))).notes
  equal({ #notes, notes[1].text, notes[10].text }, { 10, "Note 3", "Note 12" })
  equal(done("chat_command", { text = "/me waves" }, STAFF).notes, {})
  stage.host.disconnect(0)
  stage.host.connect("Timmy")
  stage.settle()
  equal(json.decode(json.encode(sections.read("dialog", 0))).notes, {})
end)

test("drops what the client still answers, once, and nothing that belongs to a newer box", function()
  show("CustomMessageBox", "Well?", "Yes;No")
  local heard = 0
  customEventHooks.registerHandler("OnGUIAction", function() heard = heard + 1 end)
  done("answer_dialog", { index = 0 }, STAFF)
  stage.host.answer(0, "1")
  equal(heard, 1)
  stage.host.answer(0, "1")
  equal(heard, 2)
  tes3mp.CustomMessageBox(0, 4711, "Well?", "Yes;No")
  done("answer_dialog", { index = 0 }, STAFF)
  tes3mp.CustomMessageBox(0, 4711, "And now?", "Yes;No")
  stage.host.answer(0, "1")
  equal({ heard, perceived() }, { 4, json.null })
end)

test("neither perceives nor answers a password", function()
  show("CustomMessageBox", "Well?", "Yes;No")
  tes3mp.PasswordDialog(0, 4711, "Your password:", "")
  equal(perceived(), json.null)
  refused_after_trying("answer_dialog", { text = "secret" }, "no_such_target", "player", STAFF)
end)

test("declines an answer that the box does not have", function()
  show("CustomMessageBox", "Well?", "Yes;No")
  refused("answer_dialog", {}, "bad_arguments", "index", STAFF)
  refused("answer_dialog", { index = 2 }, "bad_arguments", "index", STAFF)
  refused("answer_dialog", { choice = "Perhaps" }, "bad_arguments", "choice", STAFF)
  refused("answer_dialog", { index = 0 }, "not_permitted", "name")
  show("InputDialog", "How much?", "")
  refused("answer_dialog", { index = 0 }, "bad_arguments", "text", STAFF)
end)

test("says that a script failed on the answer", function()
  show("CustomMessageBox", "Well?", "Yes;No")
  rawset(_G, "OnGUIAction", function() error("broken") end)
  refused_after_trying("answer_dialog", { index = 0 }, "game_refused", nil, STAFF)
  equal(stage.calls("LogMessage")[1][2], 3)
end)

test("keeps a box open when an earlier one is answered, and closes it whatever note was shown since", function()
  show("CustomMessageBox", "Well?", "Yes;No")
  rawget(_G, "OnGUIAction")(0, 4710, "0")
  equal(perceived().text, "Well?")
  tes3mp.MessageBox(0, -1, "A storm is coming.")
  stage.host.answer(0, "0")
  equal(perceived(), json.null)
end)

test("closes the box when the player answers it or leaves", function()
  show("CustomMessageBox", "Well?", "Yes;No")
  stage.host.answer(0, "1")
  equal(perceived(), json.null)
  show("CustomMessageBox", "Well?", "Yes;No")
  stage.host.disconnect(0)
  stage.host.connect("Fargoth")
  stage.settle()
  equal(perceived(), json.null)
end)

acting.covers("dialogs")
