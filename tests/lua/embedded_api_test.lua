--- The stand-in's script API: what it takes, and what it dies of.
local harness = require("harness")
local virtual = require("virtual_world")

local equal, holds, contains = harness.equal, harness.holds, harness.contains
local host = virtual.host

local function dies(act, reason, options)
  virtual.open(options)
  contains(virtual.death_of(act), reason)
end

local cases = {}

cases["an unknown function does not exist"] = function()
  virtual.open()
  equal(tes3mp.GetTerrainHeight, nil)
end

cases["a wrong type of an argument ends the server, and names call and argument"] = function()
  dies(function() tes3mp.SetPos(0, "north", 1, 2) end, "tes3mp.SetPos: argument 'x' must be number, got string")
  dies(function() tes3mp.SetCell(0, {}) end, "tes3mp.SetCell")
  dies(function() tes3mp.GetName(true) end, "tes3mp.GetName")
end

cases["a missing argument ends the server"] = function()
  dies(function() tes3mp.SetPos(0, 1, 2) end, "'z' must be number, got nil")
  dies(function() tes3mp.SendMessage(0, nil) end, "'message' must be string, got nil")
end

cases["a pcall does not save the server"] = function()
  virtual.open()
  pcall(tes3mp.GetName, nil)
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

cases["a list that nothing selected is the end of the server, its size too"] = function()
  local nobody = { players = {} }
  dies(function() tes3mp.GetActorRefId(0) end, "no Read* function has selected a list of actors", nobody)
  dies(function() tes3mp.GetObjectListSize() end, "no Read* function has selected a list of objects", nobody)
  dies(function() tes3mp.GetRecordCount(0) end, "no Read* function", nobody)
end

cases["an index past a list's end is the end of the server"] = function()
  dies(function()
    tes3mp.ReadCellActorList("-2, -9")
    tes3mp.GetActorPosX(tes3mp.GetActorListSize())
  end, "index 7, but the list has 7 entries")
  dies(function()
    tes3mp.ReadReceivedObjectList()
    tes3mp.GetObjectRefId(-1)
  end, "tes3mp.GetObjectRefId")
end

cases["a cell that nobody has loaded has an empty list"] = function()
  virtual.open()
  tes3mp.ReadCellActorList("Nowhere")
  equal(tes3mp.GetActorListSize(), 0)
end

cases["a grid number beyond a C++ int is the end of the server"] = function()
  dies(function() tes3mp.SetCell(0, "99999999999, 0") end, "outside a C++ int")
end

cases["a random string of negative length hangs the real server, and ends this one"] = function()
  dies(function() tes3mp.GenerateRandomString(-1) end, "hangs")
  virtual.open()
  equal(#tes3mp.GenerateRandomString(8), 8)
end

cases["an equipment slot outside the nineteen is the end of the server"] = function()
  dies(function() tes3mp.EquipItem(0, 19, "iron dagger", 1, -1, -1) end, "equipment slot 19")
  dies(function() tes3mp.GetEquipmentItemRefId(0, -1) end, "equipment slot -1")
end

cases["attributes and skills outside their numbers are ignored"] = function()
  virtual.open()
  tes3mp.SetAttributeBase(0, 8, 50)
  equal({ tes3mp.GetAttributeBase(0, 8), tes3mp.GetSkillBase(0, -1) }, { 0, 0 })
  equal({ tes3mp.GetAttributeId("luck"), tes3mp.GetSkillId("Longblade"), tes3mp.GetSkillName(27) }, { 7, 5, "invalid" })
end

cases["a checksum that is no number is the end of the server"] = function()
  dies(function() tes3mp.AddDataFileRequirement("Morrowind.esm", "x") end, "is not a number")
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
  contains(virtual.death_of(function() virtual.run(2) end), "error in timer callback TestTimer")
end

cases["a timer made in a timer's callback is the end of the server"] = function()
  virtual.open()
  start_timer(1, function() tes3mp.CreateTimer("TestTimer", 1) end)
  contains(virtual.death_of(function() virtual.run(2) end), "CreateTimer inside a timer callback")
end

cases["a freed timer's number is given out again and stays dead"] = function()
  virtual.open()
  local freed = start_timer(1)
  tes3mp.FreeTimer(freed)
  local again = start_timer(1)
  virtual.run(5)
  equal({ again, calls, virtual.said(("Timer %d not found!"):format(freed)) }, { freed, 0, true })
  contains(virtual.death_of(function() tes3mp.RestartTimer(freed, 1) end), "was freed")
end

-- Events.

cases["an error in a handler is the end of the server"] = function()
  virtual.open()
  customEventHooks.registerHandler("OnPlayerSendMessage", function() error("oops") end)
  contains(virtual.death_of(function() host.chat(0, "hi") end), "error in OnPlayerSendMessage")
end

cases["an ignored error is logged, and the exit hooks hear of it although nothing exits"] = function()
  virtual.open { ignore_errors = true }
  local heard = virtual.hear { "OnServerExit" }
  customEventHooks.registerHandler("OnPlayerSendMessage", function() error("oops") end)
  host.chat(0, "hi")
  equal({ host.death(), #heard, virtual.said("oops") }, { nil, 1, true })
end

cases["a wrong argument in a handler is the end of the server, ignored errors or not"] = function()
  virtual.open { ignore_errors = true }
  customEventHooks.registerHandler("OnPlayerSendMessage", function() pcall(tes3mp.GetName, {}) end)
  contains(virtual.death_of(function() host.chat(0, "hi") end), "tes3mp.GetName")
end

cases["a validator that says no stops the default, and handlers run all the same"] = function()
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
