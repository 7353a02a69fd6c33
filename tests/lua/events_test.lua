local declarations = require("timmy.wire.declarations")
local events = require("timmy.events.registry")
local harness = require("harness")
local json = require("timmy.wire.json")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

--- One who wants every event.
local function listener(emit)
  return { wants = function() return true end, happened = function() end, emit = emit }
end

--- A new world whose events are written down as { event, pid, name, data }.
local function listen()
  stage.open()
  local heard = {}
  events.install(listener(function(event, pid, name, data)
    holds(json.encode(data), event .. " can't be sent")
    heard[#heard + 1] = { event, pid, name, data }
  end))
  return heard
end

local function only(heard, event)
  local found = {}
  for _, one in ipairs(heard) do
    if one[1] == event then found[#found + 1] = one end
  end
  return found
end

local function trigger(hook, status, ...)
  customEventHooks.triggerHandlers(hook, status, { ... })
end

local VALID = { validDefaultHandler = true, validCustomHandlers = true }

test("names its events by the alphabet", function()
  local known = {}
  for position, name in ipairs(declarations.EVENTS) do known[position] = name end
  table.sort(known)
  equal(events.names, known)
end)

test("reports a cell change with both cells", function()
  local heard = listen()
  stage.host.move(0, -23894, -15079, 505)
  stage.settle()
  local change = only(heard, "cell_change")[1]
  equal({ change[2], change[3], change[4] }, { 0, "Timmy", { cell = "-3, -2", previous_cell = "-2, -9" } })
end)

test("reports journal lines", function()
  local heard = listen()
  trigger("OnPlayerJournal", VALID, 0, { journal = {
    { type = 0, quest = "ms_fargoth", index = 10, actorRefId = "fargoth" }, { type = 1, quest = "b", index = 3 },
    "text",
  } })
  equal(heard[1][4], { entries = {
    { quest = "ms_fargoth", index = 10, kind = "entry" }, { quest = "b", index = 3, kind = "index" },
  } })
end)

test("keeps to the newest hundred lines of a journal packet", function()
  local heard, lines = listen(), {}
  for index = 1, 150 do lines[index] = { type = 0, quest = "q", index = index } end
  trigger("OnPlayerJournal", VALID, 0, { journal = lines })
  equal({ #heard[1][4].entries, heard[1][4].entries[1].index }, { 100, 51 })
end)

test("reports no journal lines that a script prevented", function()
  local heard = listen()
  trigger("OnPlayerJournal", { validDefaultHandler = false }, 0, { journal = {} })
  equal(heard, {})
end)

test("reports a player's killer: a creature, a player, nobody", function()
  local heard = listen()
  local function die_of(pid, name)
    tes3mp.DoesPlayerHavePlayerKiller = function() return pid ~= nil end
    tes3mp.GetPlayerKillerPid = function() return pid end
    tes3mp.GetPlayerKillerName = function() return name end
    trigger("OnPlayerDeath", VALID, 0)
    return heard[#heard][4].killer
  end
  equal({ die_of(nil, "mudcrab"), die_of(1, "") }, { "mudcrab", "Jiub" })
  for _, killer in ipairs({ die_of(0, ""), die_of(nil, ""), die_of(19, "") }) do holds(killer == json.null) end
  equal(#heard, 5)
end)

test("reports a death in the game", function()
  local heard = listen()
  stage.host.kill(0, { name = "mudcrab", refId = "mudcrab" })
  equal(only(heard, "death"), { { "death", 0, "Timmy", { killer = "mudcrab" } } })
end)

test("reports each line in a player's chat window, with its speaker", function()
  local heard = listen()
  stage.host.chat(1, "Hello, #FF0000friend")
  local said = { text = "Jiub (1): Hello, friend", speaker = "Jiub", speaker_pid = 1 }
  equal(heard, { { "chat", 1, "Jiub", said }, { "chat", 0, "Timmy", said } })
end)

test("passes on the beginning of a line that no player typed", function()
  local heard = listen()
  stage.host.chat(1, ("é"):rep(30000))
  local text = heard[1][4].text
  equal({ #text <= 1024, text:sub(1, 12), text:sub(-3) }, { true, "Jiub (1): é", "…" })
end)

test("reports the server's own lines, and no words that a script suppressed", function()
  local heard = listen()
  tes3mp.SendMessage(0, "A storm is coming.\n", true, false)
  equal(#only(heard, "chat"), 2)
  equal(heard[1][4], { text = "A storm is coming." })
  customEventHooks.registerValidator("OnPlayerSendMessage", function()
    return customEventHooks.makeEventStatus(false, nil)
  end)
  stage.host.chat(1, "muted")
  equal(#heard, 2)
end)

test("reports a player who has logged in", function()
  local heard = listen()
  local pid = stage.host.connect("Nerevar")
  equal(only(heard, "connect"), { { "connect", pid, "Nerevar", {} } })
end)

test("reports a player who leaves, by name", function()
  local heard = listen()
  stage.host.disconnect(1)
  equal(only(heard, "disconnect"), { { "disconnect", 1, "Jiub", {} } })
end)

test("knows who left where the player is gone before the handlers hear of it", function()
  local heard = listen()
  customEventHooks.triggerValidators("OnPlayerDisconnect", { 1 })
  Players[1] = nil
  trigger("OnPlayerDisconnect", VALID, 1)
  equal(heard, { { "disconnect", 1, "Jiub", {} } })
end)

test("reports nothing about players who aren't logged in", function()
  local heard = listen()
  Players[0].IsLoggedIn = function() return false end
  for _, hook in ipairs({ "OnPlayerCellChange", "OnPlayerJournal", "OnPlayerDeath", "OnPlayerSendMessage",
    "OnPlayerAuthentified" }) do
    trigger(hook, VALID, 0, "text")
    trigger(hook, VALID, 19, "text")
  end
  customEventHooks.triggerValidators("OnPlayerDisconnect", { 0 })
  trigger("OnPlayerDisconnect", VALID, 0)
  equal(heard, {})
end)

test("never reads what is typed into dialog boxes: passwords", function()
  stage.open()
  local hooked = {}
  local plain = customEventHooks.registerHandler
  customEventHooks.registerHandler = function(hook, handler) hooked[hook] = true return plain(hook, handler) end
  events.install(listener(function() end))
  customEventHooks.registerHandler = plain
  equal(hooked.OnGUIAction, nil)
  equal(hooked.OnPlayerDeath, true)
end)

test("lets no error out of a hook, and logs it", function()
  stage.open()
  events.install(listener(function() error("the listener broke") end))
  stage.host.chat(0, "hello")
  equal(stage.host.death(), nil)
  harness.contains(stage.calls("LogMessage")[#stage.calls("LogMessage")][3], "the chat window's listener failed")
end)

test("steers no other script: its hooks return nothing", function()
  stage.open()
  local before = #(customEventHooks.handlers.OnPlayerBounty or {})
  events.install(listener(function() return { validDefaultHandler = false } end))
  local ours = customEventHooks.handlers.OnPlayerBounty[before + 1]
  equal(select("#", ours(VALID, 0)), 0)
end)

test("survives packets that are no tables", function()
  local heard = listen()
  for _, garbage in ipairs({ "text", 7, true }) do
    trigger("OnPlayerCellChange", VALID, 0, garbage, garbage)
    trigger("OnPlayerJournal", VALID, 0, garbage)
    trigger("OnPlayerJournal", VALID, 0, { journal = garbage })
  end
  holds(#heard > 0)
  equal(stage.host.death(), nil)
end)

test("a handler that fails at every packet fills no disk", function()
  stage.open()
  events.install(listener(function() error("out of order") end))
  stage.settle()
  for number = 1, 200 do stage.host.chat(1, "line " .. number) end
  local lines = 0
  for _, call in ipairs(stage.calls("LogMessage")) do
    if call[3]:find("out of order", 1, true) then lines = lines + 1 end
  end
  holds(lines <= 10, lines .. " lines for one defect")
end)
