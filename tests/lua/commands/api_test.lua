--- The raw API: what it runs, in which order, and what it declines by name, type and order. What must hold before a
-- call is tried out in preconditions_test.lua, at functions of its own.
local acting = require("acting")
local functions = require("timmy.raw.functions")
local harness = require("harness")
local joining = require("timmy.raw.joining")
local json = require("timmy.wire.json")
local received = require("timmy.raw.received")
local stage = require("stage")

local equal, holds, contains, test = harness.equal, harness.holds, harness.contains, harness.test

local NAN, INFINITY = 0 / 0, math.huge

--- A call as it comes from the wire.
local function call(name, ...) return { name = name, arguments = json.array({ ... }) } end

local function run(...)
  return acting.run("api", { player = "Timmy", calls = json.array({ ... }) }, { raw = true })
end

local function done(...)
  local value, wrong = run(...)
  holds(value, wrong and wrong.message)
  return value.results
end

--- Runs a batch that must be declined; nothing may have changed.
local function declined(code, field, part, ...)
  local value, wrong = run(...)
  equal(value, nil)
  equal({ wrong.code, wrong.field }, { code, field }, wrong.message)
  contains(wrong.message, part)
  equal(stage.effects(), {}, "changed something")
  equal(stage.host.death(), nil)
end

test("is off unless the operator allows it", function()
  acting.declined("api", { calls = json.array({ call("GetPort") }) }, "not_permitted", "name")
end)

test("gives a list of what each call returned", function()
  stage.open()
  equal(done(call("GetServerVersion"), call("CleanChat"), call("GetCell", 0)), { { "0.8.1" }, {}, { "-2, -9" } })
end)

test("makes the calls in their order, within one tick", function()
  stage.open()
  done(call("SetCell", 0, "-3, -2"), call("SendCell", 0), call("SetPos", 0, 1, 2, 3), call("SendPos", 0))
  local names = {}
  for position, made in ipairs(stage.calls("SetCell", "SendCell", "SetPos", "SendPos")) do names[position] = made[1] end
  equal(names, { "SetCell", "SendCell", "SetPos", "SendPos" })
end)

test("does nothing of a batch in which a call is wrong", function()
  stage.open()
  declined("bad_arguments", "calls.1.arguments.1", "x must be a number", call("SendPos", 0),
    call("SetPos", 0, "north", 2, 3))
end)

test("runs what changes who may join only where the operator listed it", function()
  stage.open()
  joining.allow({})
  local calls = {
    call("SetServerPassword", "secret"), call("SetPluginEnforcementState", 0), call("BanAddress", "192.0.2.1"),
    call("SetDataFileEnforcementState", 0), call("AddDataFileRequirement", "a.esm", ""),
  }
  for _, one in ipairs(calls) do
    declined("not_permitted", "calls.1.name", one.name .. " changes who may join", call("GetPort"), one)
  end
  joining.allow({ "SetServerPassword" })
  declined("not_permitted", "calls.0.name", "raw_functions", call("BanAddress", "192.0.2.1"))
  done(call("SetServerPassword", "secret"))
  joining.allow({})
  stage.forget()
  declined("not_permitted", "calls.0.name", "raw_functions", call("SetServerPassword", "secret"))
end)

test("declines a function that there is not, and one that is not run", function()
  stage.open()
  declined("bad_arguments", "calls.0.name", "no such function", call("GetTerrainHeight", 1, 2))
  declined("bad_arguments", "calls.0.name", "no such function", call("getcell", 0))
  declined("not_permitted", "calls.0.name", "it stops the game server", call("StopServer", 0))
  declined("not_permitted", "calls.0.name", "a timer outlives the batch", call("CreateTimer", "f", 1))
  declined("not_permitted", "calls.0.name", "other scripts", call("CallPublic", "f"))
end)

test("takes neither too few arguments nor too many, but booleans at the end may be left out", function()
  stage.open()
  declined("bad_arguments", "calls.0.arguments", "takes 4 arguments (pid, x, y, z), not 3", call("SetPos", 0, 1, 2))
  declined("bad_arguments", "calls.0.arguments", "takes 2 to 4 arguments", call("SendMessage", 0, "a", true, true, 1))
  done(call("SendMessage", 0, "a"), call("SendMessage", 0, "a", true), call("SendMessage", 0, "a", false, true))
end)

test("refuses a value of another type, and names the precondition and the argument", function()
  stage.open()
  local cases = {
    { call("SetPos", 0, "north", 1, 1), 1, "x" }, { call("SetLevel", 0, "5"), 1, "value" },
    { call("SetRace", 0, 5), 1, "race" }, { call("SetRace", 0, true), 1, "race" },
    { call("SetRace", 0, json.null), 1, "race" }, { call("SetRace", 0, json.array({ "Orc" })), 1, "race" },
    { call("SetResetStats", 0, 1), 1, "resetStats" },
  }
  for _, case in ipairs(cases) do
    local words = ("precondition of %s not met: %s must "):format(case[1].name, case[3])
    declined("bad_arguments", "calls.0.arguments." .. case[2], words, case[1])
  end
end)

test("touches no player who is not here", function()
  stage.open()
  declined("no_such_player", "calls.0.arguments.0", "of a player who is logged in, not 7", call("SendPos", 7))
  Players[1].IsLoggedIn = function() return false end
  declined("no_such_player", "calls.0.arguments.0", "logged in", call("GetName", 1))
  declined("not_logged_in", "calls.0.arguments.0", "not logged in yet", call("GetName", { pid = "Jiub" }))
end)

test("knows a player who leaves within the batch", function()
  stage.open()
  tes3mp.Kick = stage.host.disconnect
  local _, wrong = run(call("Kick", 1), call("SendPos", 1))
  equal({ wrong.code, wrong.field }, { "no_such_player", "calls.1.arguments.0" })
  contains(wrong.message, "; the call before it was done")
  equal(Players[1], nil)
end)

test("takes what an earlier call returned, and a player's slot by the name", function()
  stage.open()
  equal(done(call("GetName", { pid = "Jiub" }), call("SetName", 0, { result = 0 }), call("GetName", 0)),
    { { "Jiub" }, {}, { "Jiub" } })
  stage.open()
  declined("bad_arguments", "calls.0.arguments.1", "must name an earlier call", call("SetName", 0, { result = 0 }))
  for _, number in ipairs({ -1, 0.5, 1, "0", true }) do
    declined("bad_arguments", "calls.1.arguments.1", "must name an earlier call", call("GetName", 0),
      call("SetName", 0, { result = number }))
  end
  declined("bad_arguments", "calls.0.arguments.0", "must be a player's name", call("GetName", { pid = 0 }))
  declined("bad_arguments", "calls.0.arguments.1", "must be a value", call("SetName", 0, { result = 0, pid = "Jiub" }))
  declined("no_such_player", "calls.0.arguments.0", "Nerevar", call("GetName", { pid = "Nerevar" }))
  local _, wrong = run(call("CleanChat"), call("SetName", 0, { result = 0 }))
  contains(wrong.message, "call 0 returned nothing")
  _, wrong = run(call("GetName", 0), call("SetLevel", 0, { result = 0 }))
  contains(wrong.message, "value must be a whole number")
end)

test("ties a list to its player also if only an earlier call determines the player", function()
  stage.open()
  done(call("GetLastPlayerId"), call("ClearTopicChanges", { result = 0 }), call("AddTopic", { result = 0 }, "a"))
  local _, wrong = run(call("GetLastPlayerId"), call("ClearTopicChanges", 0), call("AddTopic", { result = 0 }, "a"))
  contains(wrong.message, "for the same player; the 2 calls before it were done")
end)

test("reads a list that the batch has selected", function()
  stage.open()
  local results = done(call("ReadCellActorList", "-2, -9"), call("GetActorListSize"), call("GetActorRefNum", 0))
  holds(results[2][1] > 0 and results[3][1] > 0)
end)

test("reads what a client sent after its event was received", function()
  stage.open()
  received.listen()
  logicHandler.RunConsoleCommandOnPlayer(0, "player->additem gold_001 1", false)
  stage.settle()
  equal(done(call("ReadReceivedObjectList"), call("GetObjectListSize"))[2], { 1 })
end)

test("fills a list only where the batch has begun it", function()
  stage.open()
  declined("bad_arguments", "calls.0.name", "needs ClearObjectList or", call("AddObject"))
  declined("bad_arguments", "calls.1.name", "needs SetObjectListPid or", call("ClearObjectList"),
    call("SendObjectPlace"))
  declined("bad_arguments", "calls.1.name", "for the same player", call("ClearTopicChanges", 1),
    call("AddTopic", 0, "a"))
  done(call("ClearObjectList"), call("SetObjectListPid", 0), call("SetObjectListCell", "-2, -9"),
    call("SetObjectRefId", "gold_001"), call("AddObject"), call("SendObjectPlace", true, false))
end)

test("lets CoreScripts put out whoever runs a console command that they have not queued", function()
  stage.open()
  done(call("ClearObjectList"), call("SetObjectListPid", 0), call("SetObjectListConsoleCommand", "coc balmora"),
    call("SetPlayerAsObject", 0), call("AddObject"), call("SendConsoleCommand"))
  stage.settle()
  equal(tes3mp.GetName(0), "")
end)

test("changes entries by their number that the batch has added", function()
  stage.open()
  done(call("ClearObjectList"), call("AddContainerItem"), call("AddContainerItem"), call("AddObject"),
    call("SetContainerItemActionCountByIndex", 0, 1, 5))
  done(call("ClearRecords"), call("SetRecordType", 22), call("AddRecord"), call("SetRecordIdByIndex", 0, "a"))
end)

test("keeps the numbers of objects from being given twice", function()
  stage.open()
  tes3mp.SetCurrentMpNum(50)
  local _, wrong = run(call("SetCurrentMpNum", 49))
  contains(wrong.message, "must not go back")
  done(call("SetCurrentMpNum", 51))
end)

test("stops when the results grow past their bound", function()
  stage.open()
  local calls = {}
  for position = 1, 64 do calls[position] = call("GenerateRandomString", 4096) end
  calls[65] = call("GenerateRandomString", 1)
  done(unpack(calls))
  calls[66] = call("GetPort")
  local _, wrong = run(unpack(calls))
  contains(wrong.message, "calls.65: the results have more than 262144 bytes: ask for less at a time")
end)

test("gives a number that JSON does not have as null", function()
  stage.open()
  tes3mp.GetPosX = function() return INFINITY end
  tes3mp.GetPosY = function() return NAN end
  tes3mp.GetPosZ = function() return nil end
  local null = { json.null }
  equal(done(call("GetPosX", 0), call("GetPosY", 0), call("GetPosZ", 0)), { null, null, null })
  local _, wrong = run(call("GetPosX", 0), call("SetScale", 0, { result = 0 }))
  contains(wrong.message, "calls.1.arguments.1: precondition of SetScale not met: scale must be a value, but call 0"
    .. " returned nothing")
end)

test("takes no batch without calls, with too many, or of another shape", function()
  stage.open()
  local many = {}
  for position = 1, 257 do many[position] = call("GetPort") end
  for _, calls in ipairs({ json.array({}), json.object({}), json.array(many), "GetPort", 7 }) do
    local _, wrong = acting.run("api", { player = "Timmy", calls = calls }, { raw = true })
    equal({ wrong.code, wrong.field }, { "bad_arguments", "calls" })
  end
  local shapes = { ["calls.0"] = "GetPort", ["calls.0.name"] = { name = 5 }, ["calls.0.arguments"] = { name = "GetPort",
    arguments = "none" }, ["calls.0.pid"] = { name = "GetPort", pid = 0 } }
  for field, shape in pairs(shapes) do declined("bad_arguments", field, field, shape) end
end)

test("has a rule, or a reason to refuse, for every function", function()
  local rules = require("timmy.raw.rules")
  local refused = {}
  for _, entry in ipairs(functions.all) do
    local rule, reason = rules.of(entry.name)
    if not rule then refused[#refused + 1] = entry.name holds(not reason:find("no rule"), entry.name) end
  end
  table.sort(refused)
  equal(refused, { "CallPublic", "CreateTimer", "CreateTimerEx", "FreeTimer", "IsTimerElapsed", "MakePublic",
    "RestartTimer", "StartTimer", "StopServer", "StopTimer" })
end)

test("does what its documentation shows", function()
  local file = assert(io.open(require("test_root") .. "/docs/raw.md", "rb"))
  local text, shown = file:read("*a"), 0
  file:close()
  for example in text:gmatch("```json\n(.-)```") do
    stage.open()
    local given = assert(json.decode(example))
    local value = acting.done("api", given, { raw = true })
    equal(#value.results, #given.calls)
    shown = shown + 1
  end
  equal(shown, 2)
end)

acting.covers("api")
