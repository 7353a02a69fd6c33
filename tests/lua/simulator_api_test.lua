--- The simulator's script API: what it takes, and what ends it. What must hold before a call is tried out in
-- preconditions_test.lua.
local checks = require("simulator.api.checks")
local declared = require("declared")
local harness = require("harness")
local virtual = require("virtual_world")

local equal, holds, contains = harness.equal, harness.holds, harness.contains
local host = virtual.host

--- Functions of this test's own, to be called with what they do not take.
local PROBES = {
  { name = "ProbeNumber", takes = "first:int,x:number" }, { name = "ProbeText", takes = "message:string" },
  { name = "ProbeInt", takes = "pid:int" },
}

local function ends(reason, ...)
  declared.open(PROBES)
  contains(declared.simulate(...), reason)
end

local cases = {}

cases["an unknown function does not exist"] = function()
  virtual.open()
  equal(tes3mp.GetTerrainHeight, nil)
end

cases["a wrong type of an argument ends the server, and names call and argument"] = function()
  ends("precondition of ProbeNumber not met: argument 'x' must be number, got string", { "ProbeNumber", 0, "north" })
  ends("precondition of ProbeText not met: argument 'message' must be string, got table", { "ProbeText", {} })
  ends("precondition of ProbeInt not met: argument 'pid' must be int, got boolean", { "ProbeInt", true })
end

cases["a missing argument ends the server"] = function()
  ends("'x' must be number, got nil", { "ProbeNumber", 1 })
  ends("'message' must be string, got nil", { "ProbeText" })
end

cases["a pcall does not save the server"] = function()
  declared.open(PROBES)
  pcall(tes3mp.ProbeText, nil)
  holds(host.death(), "the server is dead")
  holds(not pcall(host.tick), "a dead server does not tick")
end

cases["numbers may be texts, texts numbers, and trailing booleans may be left out"] = function()
  virtual.open()
  equal(tes3mp.GetName("0"), "Timmy")
  tes3mp.SetRace(0, 12)
  equal(tes3mp.GetRace(0), "12")
  tes3mp.SendMessage(0, "hello\n")
  equal(host.player("Timmy").chat[#host.player("Timmy").chat], "hello\n")
end

cases["a text ends at its first NUL"] = function()
  virtual.open()
  tes3mp.SetRace(0, "Orc\0Nord")
  equal(tes3mp.GetRace(0), "Orc")
end

cases["an unknown pid gives the neutral value of the type"] = function()
  virtual.open()
  equal({ tes3mp.GetName(77), tes3mp.GetPosX(-1), tes3mp.IsInExterior(65535) }, { "", 0, false })
  equal(tes3mp.SetPos(77, 1, 2, 3), nil)
end

cases["a pid is an unsigned short: 65536 is player 0 again"] = function()
  virtual.open()
  equal(tes3mp.GetName(65536), "Timmy")
end

cases["a number becomes an int as in C++: its whole part, in 32 bits"] = function()
  local convert = checks.checker("Probe", { name = "value", type = "int" }, {})
  local ints = { [2147483647] = 2147483647, [2147483648] = -2147483648, [-2147483648] = -2147483648,
    [-2147483649] = 2147483647, [1.9] = 1, [-1.9] = -1, [-0.5] = 0, [2 ^ 53] = 0, [2 ^ 53 + 2] = -2147483648 }
  for value, int in pairs(ints) do equal(convert(value), int, tostring(value)) end
  equal({ convert(0 / 0), convert("7") }, { -2147483648, 7 })
  for _, name in ipairs({ "pid", "targetPid", "affectedPid", "alliedPlayerPid" }) do
    equal(checks.checker("Probe", { name = name, type = "int" }, {})(65537), 1, name)
  end
end

cases["a cell that is not loaded has an empty list"] = function()
  virtual.open()
  tes3mp.ReadCellActorList("Nowhere")
  equal(tes3mp.GetActorListSize(), 0)
end

cases["a random string is as long as was asked for"] = function()
  virtual.open()
  equal(#tes3mp.GenerateRandomString(8), 8)
end

cases["attributes and skills outside their numbers are ignored"] = function()
  virtual.open()
  tes3mp.SetAttributeBase(0, 8, 50)
  equal({ tes3mp.GetAttributeBase(0, 8), tes3mp.GetSkillBase(0, -1) }, { 0, 0 })
  equal({ tes3mp.GetAttributeId("luck"), tes3mp.GetSkillId("Longblade"), tes3mp.GetSkillName(27) }, { 7, 5, "invalid" })
end

-- Timers.

local calls

local function start_timer(interval, callback)
  calls = 0
  _G.TestTimer = callback or function() calls = calls + 1 end
  local timer = tes3mp.CreateTimer("TestTimer", interval)
  tes3mp.StartTimer(timer)
  return timer
end

cases["a timer calls the global function of its name once"] = function()
  virtual.open()
  local timer = start_timer(5)
  virtual.run(4)
  equal(calls, 0)
  virtual.run(20)
  equal({ calls, tes3mp.IsTimerElapsed(timer) }, { 1, true })
end

cases["a timer that restarts itself goes on"] = function()
  virtual.open()
  local timer
  timer = start_timer(2, function()
    calls = calls + 1
    tes3mp.RestartTimer(timer, 2)
  end)
  virtual.run(10)
  equal(calls, 5)
end

cases["a timer's arguments arrive typed"] = function()
  virtual.open()
  local seen
  _G.TestTimer = function(...) seen = { ... } end
  tes3mp.StartTimer(tes3mp.CreateTimerEx("TestTimer", 1, "isf", 3, "text", 0.5))
  virtual.run(2)
  equal(seen, { 3, "text", 0.5 })
  holds(not pcall(tes3mp.CreateTimerEx, "TestTimer", 1, "x", 1), "an unknown letter raises")
  equal(host.death(), nil)
end

cases["an error in a timer is the end of the server, whatever the operator ignores"] = function()
  virtual.open { ignore_errors = true }
  start_timer(1, function() error("oops") end)
  contains(virtual.end_of(function() virtual.run(2) end), "error in timer callback TestTimer")
end

cases["a freed timer's number is given out again and stays dead"] = function()
  virtual.open()
  local freed = start_timer(1)
  tes3mp.FreeTimer(freed)
  local again = start_timer(1)
  virtual.run(5)
  equal({ again, calls, virtual.said(("Timer %d not found!"):format(freed)) }, { freed, 0, true })
end

-- Events.

cases["an error in a handler is the end of the server"] = function()
  virtual.open()
  customEventHooks.registerHandler("OnPlayerSendMessage", function() error("oops") end)
  contains(virtual.end_of(function() host.chat(0, "hi") end), "error in OnPlayerSendMessage")
end

cases["an ignored error is logged, and the exit hooks hear of it although nothing exits"] = function()
  virtual.open { ignore_errors = true }
  local heard = virtual.hear { "OnServerExit" }
  customEventHooks.registerHandler("OnPlayerSendMessage", function() error("oops") end)
  host.chat(0, "hi")
  equal({ host.death(), #heard, virtual.said("oops") }, { nil, 1, true })
end

cases["an unmet precondition in a handler is the end of the server, ignored errors or not"] = function()
  declared.open(PROBES)
  tes3mp.SetScriptErrorIgnoringState(true)
  customEventHooks.registerHandler("OnPlayerSendMessage", function() pcall(tes3mp.ProbeText, {}) end)
  contains(virtual.end_of(function() host.chat(0, "hi") end), "precondition of ProbeText not met")
end

cases["a validator that returns false prevents the default behaviour, and handlers still run"] = function()
  virtual.open()
  local before, status_seen = #host.player("Jiub").chat, nil
  customEventHooks.registerValidator("OnPlayerSendMessage", function()
    return customEventHooks.makeEventStatus(false, nil)
  end)
  customEventHooks.registerHandler("OnPlayerSendMessage", function(status) status_seen = status end)
  host.chat(0, "hi")
  equal(#host.player("Jiub").chat, before)
  equal(status_seen, { validDefaultHandler = false, validCustomHandlers = true })
end

cases["a socket that may wait is reported as blocking"] = function()
  package.loaded.socket = nil
  virtual.open()
  local server = assert(require("socket").bind("127.0.0.1", 0))
  pcall(server.settimeout, server, 0)
  holds(not virtual.said("blocking call"), "0 does not block")
  pcall(server.settimeout, server, 0.001)
  server:close()
  holds(virtual.said("blocking call: settimeout(0.001)"), "more than 0 does")
end

return cases
