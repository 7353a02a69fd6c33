--- What must hold before a call, one kind at a time, at functions that are declared here: where it holds, the raw API
-- makes the call and the simulator runs it; one step outside, both refuse it in the same words.
local declared = require("declared")
local functions = require("timmy.api.functions")
local harness = require("harness")
local json = require("timmy.json")
local preconditions = require("timmy.api.preconditions")
local rules = require("timmy.api.rules")
local stage = require("stage")

local contains, equal, holds, test = harness.contains, harness.equal, harness.holds, harness.test

local CELL = "-2, -9"

local ACTORS = "an actor list is selected (ReadReceivedActorList, ReadCellActorList of a loaded cell)"
local COUNTED = "an actor list is selected, and its cell is still loaded"
local OBJECTS = "an object list is selected (ReadReceivedObjectList; Copy... to send it on)"
local WORLD = "a received worldstate is selected (ReadReceivedWorldstate)"
local RECORDS = "a received worldstate with records is selected (ReadReceivedWorldstate)"
local OF_ACTORS, OF_OBJECTS = "index below GetActorListSize", "index below GetObjectListSize"
local OF_RECORDS, OF_SPELLBOOK = "index below GetRecordCount", "index below GetSpellbookChangesSize"
local OF_ADDED = "index below the number of records of the type that were added"
local OF_WORLD = "index below the size function of its list (GetClientGlobalsSize, GetKillChangesSize,"
  .. " GetMapChangesSize)"
local IN_SPELLS = "spell or effect index below the size function of its inner list"
local IN_EFFECTS = "effect index below the size function of its inner list"
local IN_LOCALS = "variable index below the size function of its inner list"
local IN_CONTAINER = "container item index below the size function of its inner list"
local OF_ACTIVE, OF_ACTIVE_EFFECTS = "spellIndex below GetSpellsActiveChangesSize",
  "effectIndex below GetSpellsActiveEffectCount"
local RANGE, CHECKSUM = "slot from -3 to 18", "the checksum is a hexadecimal number of at most 8 digits"
local LOWER, PATH = "factionId in lower case", "filePath is a path in the server's data folder"
local A_CELL = "cellDescription is a cell: \"x, y\" with numbers from -976 to 976, or an interior's name of 1 to 250"
  .. " bytes"
local BEING_WRITTEN = "an actor is being written (ClearActorList and its setters)"

local PROBES = {
  { name = "ProbeActors", needs = { ACTORS } }, { name = "ProbeActorCount", needs = { COUNTED } },
  { name = "ProbeObjects", needs = { OBJECTS } }, { name = "ProbeWorld", needs = { WORLD } },
  { name = "ProbeRecords", needs = { RECORDS } },
  { name = "ProbeActor", takes = "index:int", needs = { ACTORS, OF_ACTORS } },
  { name = "ProbeNamedActor", takes = "actorIndex:int", needs = { ACTORS, OF_ACTORS } },
  { name = "ProbeObject", takes = "objectIndex:int", needs = { OBJECTS, OF_OBJECTS } },
  { name = "ProbeRecord", takes = "recordIndex:int", needs = { RECORDS, OF_RECORDS } },
  { name = "ProbeKill", takes = "index:int", needs = { WORLD, OF_WORLD } },
  { name = "ProbeMap", takes = "index:int", needs = { WORLD, OF_WORLD } },
  { name = "ProbeClientGlobal", takes = "index:int", needs = { WORLD, OF_WORLD } },
  { name = "ProbeSpell", takes = "actorIndex:int,spellIndex:int", needs = { ACTORS, OF_ACTORS, IN_SPELLS } },
  { name = "ProbeEffect", takes = "actorIndex:int,spellIndex:int,effectIndex:int",
    needs = { ACTORS, OF_ACTORS, IN_SPELLS } },
  { name = "ProbeRecordEffect", takes = "recordIndex:int,effectIndex:int",
    needs = { RECORDS, OF_RECORDS, IN_EFFECTS } },
  { name = "ProbeLocal", takes = "objectIndex:int,variableIndex:int", needs = { OBJECTS, OF_OBJECTS, IN_LOCALS } },
  { name = "GetContainerProbe", takes = "objectIndex:int,itemIndex:int",
    needs = { OBJECTS, OF_OBJECTS, IN_CONTAINER } },
  { name = "ProbeSpellbook", takes = "pid:int,index:int", needs = { OF_SPELLBOOK } },
  { name = "ProbeActive", takes = "pid:int,spellIndex:int,effectIndex:int", needs = { OF_ACTIVE, OF_ACTIVE_EFFECTS } },
  { name = "ProbeRange", takes = "count:int,slot:int", needs = { RANGE } },
  { name = "ProbeChecksum", takes = "checksumString:string", needs = { CHECKSUM } },
  { name = "ProbeFaction", takes = "factionId:string", needs = { LOWER } },
  { name = "ProbeCell", takes = "cellDescription:string", needs = { A_CELL } },
  { name = "ProbePath", takes = "filePath:string", needs = { PATH } },
  { name = "SetProbeObject", takes = "objectIndex:int", needs = { OF_OBJECTS } },
  { name = "SetProbeItem", takes = "objectIndex:int,itemIndex:int", needs = { OF_OBJECTS, IN_CONTAINER } },
  { name = "SetProbeRecord", takes = "recordIndex:int", needs = { OF_ADDED } },
  { name = "ProbeWritten", needs = { BEING_WRITTEN } },
  { name = "ProbePlayer", takes = "pid:int" },
  { name = "ProbeText", takes = "words:string" }, { name = "ProbeInt", takes = "value:int" },
  { name = "ProbeNumber", takes = "value:number" }, { name = "ProbeBoolean", takes = "first:int,shown:boolean" },
  { name = "ProbeFirst", takes = "shown:boolean,last:int" }, { name = "ProbeShown", takes = "shown:boolean" },
  { name = "ProbeAnything", takes = "thing:any" },
  { name = "ProbeConnected", needs = { "a player has connected since the start" } },
  { name = "ProbeCallback", needs = { "no timer callback is running" } },
  { name = "ProbeTimer", takes = "timer:int", needs = { "the timer was not freed" } },
}

--- A packet of each kind: three actors of whom the first has two active spells, the second of which has one effect;
-- two objects of which the first is a container with one item; two entries in each list of the world.
local function receive()
  local spells = { { effects = { {}, {} } }, { effects = { {} } } }
  stage.host.receive("actors", { action = 0, entries = { { refId = "rat", refNum = 1, mpNum = 0, spells = spells },
    { refId = "rat", refNum = 2, mpNum = 0 }, { refId = "rat", refNum = 3, mpNum = 0 } } }, "OnActorList", 0, CELL)
  stage.host.receive("objects", { action = 3, sub_action = 4, origin = 0, command = "", script = "", cell = CELL,
    entries = { { refId = "chest", refNum = 2, mpNum = 0, locals = { {}, {} }, items = { { refId = "gold_001" } } },
      { refId = "chest", refNum = 3, mpNum = 0, items = {} } } }, "OnContainer", 0, CELL)
  stage.host.receive("worldstate", { kills = { {}, {} }, tiles = { {}, {} }, globals = { {}, {} },
    records = { { effects = { {} } }, {} } })
  customEventHooks.triggerHandlers("OnRecordDynamic", customEventHooks.makeEventStatus(true, true), { 0 })
end

local function open()
  declared.open(PROBES)
  receive()
  tes3mp.ClearSpellbookChanges(0)
  tes3mp.AddSpell(0, "fireball")
  tes3mp.ClearSpellsActiveChanges(0)
  tes3mp.AddSpellActiveEffect(0, 1, 2, 3, 4, 5)
  tes3mp.AddSpellActive(0, "fireball", "Fireball", false)
end

local ACTORS_READ, OBJECTS_READ = { "ReadReceivedActorList" }, { "ReadReceivedObjectList" }
local WORLD_READ = { "ReadReceivedWorldstate" }

--- What must hold: { the kind, the words, the calls before, what is called where it holds, and one step outside, the
-- place of the argument in the error, from 0; nil for the call's name }.
local CASES = {
  { "selection", ACTORS, ACTORS_READ, { "ProbeActors" }, { "ProbeActors" }, nil },
  { "selection", COUNTED, ACTORS_READ, { "ProbeActorCount" }, { "ProbeActorCount" }, nil },
  { "selection", OBJECTS, OBJECTS_READ, { "ProbeObjects" }, { "ProbeObjects" }, nil },
  { "selection", WORLD, WORLD_READ, { "ProbeWorld" }, { "ProbeWorld" }, nil },
  { "selection", RECORDS, WORLD_READ, { "ProbeRecords" }, { "ProbeRecords" }, nil },
  { "order", BEING_WRITTEN, { "ClearActorList" }, { "ProbeWritten" }, { "ProbeWritten" }, nil },
  { "index", OF_ACTORS, ACTORS_READ, { "ProbeActor", 2 }, { "ProbeActor", 3 }, 0 },
  { "index", OF_ACTORS, ACTORS_READ, { "ProbeNamedActor", 2 }, { "ProbeNamedActor", 3 }, 0 },
  { "index", OF_OBJECTS, OBJECTS_READ, { "ProbeObject", 1 }, { "ProbeObject", 2 }, 0 },
  { "index", OF_RECORDS, WORLD_READ, { "ProbeRecord", 1 }, { "ProbeRecord", 2 }, 0 },
  { "index", OF_WORLD, WORLD_READ, { "ProbeKill", 1 }, { "ProbeKill", 2 }, 0 },
  { "index", OF_WORLD, WORLD_READ, { "ProbeMap", 1 }, { "ProbeMap", 2 }, 0 },
  { "index", OF_WORLD, WORLD_READ, { "ProbeClientGlobal", 1 }, { "ProbeClientGlobal", 2 }, 0 },
  { "index", OF_SPELLBOOK, nil, { "ProbeSpellbook", 0, 0 }, { "ProbeSpellbook", 0, 1 }, 1 },
  { "nested index", IN_SPELLS, ACTORS_READ, { "ProbeSpell", 0, 1 }, { "ProbeSpell", 0, 2 }, 1 },
  { "nested index", IN_SPELLS, ACTORS_READ, { "ProbeEffect", 0, 0, 1 }, { "ProbeEffect", 0, 1, 1 }, 2 },
  { "nested index", IN_EFFECTS, WORLD_READ, { "ProbeRecordEffect", 0, 0 }, { "ProbeRecordEffect", 0, 1 }, 1 },
  { "nested index", IN_LOCALS, OBJECTS_READ, { "ProbeLocal", 0, 1 }, { "ProbeLocal", 0, 2 }, 1 },
  { "nested index", IN_CONTAINER, OBJECTS_READ, { "GetContainerProbe", 0, 0 }, { "GetContainerProbe", 0, 1 }, 1 },
  { "nested index", IN_CONTAINER, OBJECTS_READ, { "GetContainerProbe", 0, 0 }, { "GetContainerProbe", 1, 0 }, 1 },
  { "nested index", OF_ACTIVE, nil, { "ProbeActive", 0, 0, 0 }, { "ProbeActive", 0, 1, 0 }, 1 },
  { "nested index", OF_ACTIVE_EFFECTS, nil, { "ProbeActive", 0, 0, 0 }, { "ProbeActive", 0, 0, 1 }, 2 },
  { "index", OF_ACTORS, ACTORS_READ, { "ProbeActor", 0 }, { "ProbeActor", -1 }, 0 },
  { "index", OF_SPELLBOOK, nil, { "ProbeSpellbook", 0, 0 }, { "ProbeSpellbook", 0, -1 }, 1 },
  { "nested index", IN_SPELLS, ACTORS_READ, { "ProbeSpell", 0, 0 }, { "ProbeSpell", 0, -1 }, 1 },
  { "range", RANGE, nil, { "ProbeRange", 1, 18 }, { "ProbeRange", 1, 19 }, 1 },
  { "range", RANGE, nil, { "ProbeRange", 1, -3 }, { "ProbeRange", 1, -4 }, 1 },
  { "text", CHECKSUM, nil, { "ProbeChecksum", "12345678" }, { "ProbeChecksum", "123456789" }, 0 },
  { "text", CHECKSUM, nil, { "ProbeChecksum", "" }, { "ProbeChecksum", "one" }, 0 },
  { "text", LOWER, nil, { "ProbeFaction", "temple" }, { "ProbeFaction", "Temple" }, 0 },
  { "text", A_CELL, nil, { "ProbeCell", "-976, 976" }, { "ProbeCell", "-977, 976" }, 0 },
  { "text", A_CELL, nil, { "ProbeCell", "976, -976" }, { "ProbeCell", "976, -977" }, 0 },
  { "text", A_CELL, nil, { "ProbeCell", "a" }, { "ProbeCell", "" }, 0 },
  { "text", A_CELL, nil, { "ProbeCell", ("x"):rep(250) }, { "ProbeCell", ("x"):rep(251) }, 0 },
  { "text", PATH, nil, { "ProbePath", "./data/a" }, { "ProbePath", "./other/a" }, 0 },
  { "text", PATH, nil, { "ProbePath", "./data/" .. ("x"):rep(255) }, { "ProbePath", "./data/" .. ("x"):rep(256) }, 0 },
}

local function about(case) return case[1] .. " of " .. case[4][1] end

--- The calls of a case: those before, unless it is one of them that is missing, and the call.
local function calls_of(case, call)
  if case[3] and not (call == case[5] and case[6] == nil) then return case[3], call end
  return call
end

test("makes a call whose preconditions hold, and the simulator runs it", function()
  for _, case in ipairs(CASES) do
    open()
    local value, wrong = declared.run(calls_of(case, case[4]))
    holds(value, wrong and about(case) .. ": " .. wrong.message)
    equal(declared.simulate(calls_of(case, case[4])), nil, about(case))
  end
end)

test("refuses a call one step outside, and the simulator ends by it, in the same words", function()
  for _, case in ipairs(CASES) do
    open()
    local name = case[5][1]
    local value, wrong = declared.run(calls_of(case, case[5]))
    equal(value, nil, about(case))
    local words = ("precondition of %s not met: %s"):format(name, case[2])
    contains(wrong.message, words)
    local call = "calls." .. (case[3] and case[6] and 1 or 0)
    equal({ wrong.code, wrong.field }, { "bad_arguments", case[6] and call .. ".arguments." .. case[6]
      or call .. ".name" }, about(case))
    equal(#stage.calls(name), 0, about(case) .. " reached the server")
    if not case[6] then declared.open_empty(PROBES) end
    contains(declared.simulate(calls_of(case, case[5])), words)
  end
end)

test("names the argument, its value and the length of the list", function()
  open()
  local _, wrong = declared.run({ "ReadReceivedActorList" }, { "ProbeSpell", 0, 2 })
  contains(wrong.message, "(spellIndex is 2, GetActorSpellsActiveChangesSize is 2)")
  _, wrong = declared.run({ "ProbeRange", 1, 19 })
  contains(wrong.message, "(slot is 19)")
  _, wrong = declared.run({ "ProbeChecksum", "no number, and a text that goes on and on and on" })
  contains(wrong.message, '(checksumString is "no number, and a text that goes on and o")')
end)

test("asks for the length of a list with as many arguments as that takes", function()
  open()
  stage.forget()
  holds(declared.run({ "ReadReceivedActorList" }, { "ProbeSpell", 0, 1 }, { "ProbeEffect", 0, 1, 0 }))
  local size, count = "GetActorSpellsActiveChangesSize", "GetActorSpellsActiveEffectCount"
  equal(stage.calls("GetActorListSize", size, count), { { "GetActorListSize" }, { size, 0 }, { "GetActorListSize" },
    { size, 0 }, { count, 0, 1 } })
end)

test("judges an index that the batch itself got from the server right before the call", function()
  open()
  local read, size = { "ReadReceivedActorList" }, { "GetActorListSize" }
  local _, wrong = declared.run(read, size, { "ProbeActor", { result = 1 } })
  equal(wrong.field, "calls.2.arguments.0")
  contains(wrong.message, OF_ACTORS .. " (index is 3, GetActorListSize is 3); the 2 calls before it were done")
end)

test("takes no list for read whole that is longer than a packet can be", function()
  open()
  local whole = 3000
  tes3mp.GetActorListSize = function() return whole end
  tes3mp.ProbeActor = function() end
  holds(declared.run({ "ReadReceivedActorList" }, { "ProbeActor", 2999 }))
  local _, wrong = declared.run({ "ReadReceivedActorList" }, { "ProbeActor", 3000 })
  contains(wrong.message, "(index is 3000, GetActorListSize is 3000)")
  whole = 3001
  _, wrong = declared.run({ "ReadReceivedActorList" }, { "ProbeActor", 0 })
  contains(wrong.message, "the list was never read whole")
end)

test("believes no packet that came without an event, and none from before it listened", function()
  open()
  stage.host.receive("objects", { action = 3, entries = { {}, {}, {} } })
  local _, wrong = declared.run({ "ReadReceivedObjectList" }, { "ProbeObjects" })
  contains(wrong.message, OBJECTS .. ": a packet has come since that raised no event")
  stage.host.receive("objects", { action = 3, entries = { { items = { {}, {} } }, { items = {} } } })
  _, wrong = declared.run({ "ReadReceivedObjectList" }, { "GetContainerProbe", 0, 0 })
  contains(wrong.message, OBJECTS .. ": a packet has come since that raised no event")
  stage.host.receive("objects", { action = 3, entries = { {}, {} } }, "OnObjectActivate", 0, CELL)
  _, wrong = declared.run({ "ReadReceivedObjectList" }, { "GetContainerProbe", 0, 0 })
  contains(wrong.message, OBJECTS .. ": the last packet of objects was no container's")
  declared.open(PROBES)
  for read, probe in pairs({ ReadReceivedActorList = "ProbeActors", ReadReceivedObjectList = "ProbeObjects",
    ReadReceivedWorldstate = "ProbeRecords" }) do
    _, wrong = declared.run({ read }, { probe })
    contains(wrong.message, "since the bridge started")
  end
end)

test("reads of a cell that nobody has loaded only how many actors it has, and of one that is gone not even that",
  function()
    open()
    local elsewhere = { "ReadCellActorList", "Nowhere" }
    local _, wrong = declared.run(elsewhere, { "ProbeActors" })
    contains(wrong.message, ACTORS .. ": nobody has told of actors in that cell")
    holds(declared.run(elsewhere, { "ProbeActorCount" }))
    equal(declared.simulate(elsewhere, { "ProbeActorCount" }), nil)
    contains(declared.simulate(elsewhere, { "ProbeActors" }), ACTORS)
    open()
    tes3mp.ReadCellActorList(CELL)
    for pid in pairs(Players) do stage.host.disconnect(pid) end
    contains(declared.simulate({ "ProbeActorCount" }), COUNTED)
  end)

--- What puts entries into the lists that a batch fills: an object with one item and one with none; two records.
local FILL_OBJECTS = { { "ClearObjectList" }, { "AddContainerItem" }, { "AddObject" }, { "AddWorldObject" } }
local COPY_OBJECTS = { { "ReadReceivedObjectList" }, { "CopyReceivedObjectListToStore" } }
local FILL_RECORDS = { { "ClearRecords" }, { "SetRecordType", 22 }, { "AddRecord" }, { "AddRecord" } }

local function after(before, ...)
  local calls = { unpack(before) }
  for _, call in ipairs({ ... }) do calls[#calls + 1] = call end
  return unpack(calls)
end

--- What is filled, what is called inside it and one step outside, the position of the argument, and the words.
local WRITTEN = {
  { FILL_OBJECTS, { "SetProbeObject", 1 }, { "SetProbeObject", 2 }, 0,
    OF_OBJECTS .. " (objectIndex is 2, and the batch has added or copied 2 objects)" },
  { FILL_OBJECTS, { "SetProbeItem", 0, 0 }, { "SetProbeItem", 0, 1 }, 1,
    IN_CONTAINER .. " (itemIndex is 1, and the batch has added or copied 1 items of that object)" },
  { FILL_OBJECTS, { "SetProbeItem", 0, 0 }, { "SetProbeItem", 1, 0 }, 1,
    IN_CONTAINER .. " (itemIndex is 0, and the batch has added or copied 0 items of that object)" },
  { COPY_OBJECTS, { "SetProbeObject", 1 }, { "SetProbeObject", 2 }, 0, "2 objects)" },
  { COPY_OBJECTS, { "SetProbeItem", 0, 0 }, { "SetProbeItem", 0, 1 }, 1, "1 items of that object)" },
  { COPY_OBJECTS, { "SetProbeItem", 0, 0 }, { "SetProbeItem", 1, 0 }, 1, "0 items of that object)" },
  { FILL_RECORDS, { "SetProbeRecord", 1 }, { "SetProbeRecord", 2 }, 0,
    OF_ADDED .. " (recordIndex is 2, and the batch has added or copied 2 records of this type)" },
}

test("changes only those entries by their number that the batch has added or copied", function()
  for _, case in ipairs(WRITTEN) do
    open()
    local value, wrong = declared.run(after(case[1], case[2]))
    holds(value, wrong and wrong.message)
    equal(declared.simulate(after(case[1], case[2])), nil, case[2][1])
    stage.forget()
    value, wrong = declared.run(after(case[1], case[3]))
    equal({ value, wrong.field }, { nil, ("calls.%d.arguments.%d"):format(#case[1], case[4]) })
    equal(#stage.calls(case[3][1]), 0, case[3][1] .. " reached the server")
    contains(wrong.message, case[5])
    contains(declared.simulate(after(case[1], case[3])), ("precondition of %s not met: "):format(case[3][1]))
  end
end)

test("forgets what a batch has added where it begins anew, and where the type of its records changes", function()
  for _, again in ipairs({ { "ClearObjectList" }, { "InitializeObjectList", 0 }, { "InitializeEvent", 0 } }) do
    open()
    local _, wrong = declared.run(after(FILL_OBJECTS, again, { "SetProbeObject", 0 }))
    contains(wrong.message, "added or copied 0 objects")
    contains(declared.simulate(after(FILL_OBJECTS, again, { "SetProbeObject", 0 })), OF_OBJECTS)
  end
  for _, again in ipairs({ { { "ClearRecords" } }, { { "SetRecordType", 3 } },
    { { "ReadReceivedWorldstate" }, { "CopyReceivedWorldstateToStore" } },
    { { "ReadLastWorldstate" }, { "CopyLastWorldstateToStore" } } }) do
    open()
    local _, wrong = declared.run(after(FILL_RECORDS, after(again, { "SetProbeRecord", 0 })))
    contains(wrong.message, "added or copied 0 records of this type")
  end
end)

test("touches only players who are logged in, and each value within its type", function()
  open()
  local good = { { "ProbePlayer", 1 }, { "ProbeText", ("x"):rep(32768) }, { "ProbeInt", 2147483647 },
    { "ProbeInt", -2147483647 }, { "ProbeNumber", 1e14 - 1 }, { "ProbeBoolean", 1, true }, { "ProbeBoolean", 1 } }
  for _, call in ipairs(good) do
    local value, wrong = declared.run(call)
    holds(value, wrong and wrong.message)
  end
  local outside = { { "ProbePlayer", 2 }, { "ProbePlayer", 65535 }, { "ProbePlayer", -1 },
    { "ProbeText", ("x"):rep(32769) },
    { "ProbeText", "a\0b" }, { "ProbeText", "\255" }, { "ProbeText", 5 }, { "ProbeInt", 2147483648 },
    { "ProbeInt", -2147483648 }, { "ProbeInt", 0.5 }, { "ProbeInt", "5" }, { "ProbeNumber", 1e14 },
    { "ProbeNumber", 0 / 0 }, { "ProbeNumber", math.huge }, { "ProbeBoolean", 1, 1 } }
  stage.forget()
  for _, call in ipairs(outside) do
    local value, wrong = declared.run(call)
    equal(value, nil, call[1])
    contains(wrong.message, ("precondition of %s not met: "):format(call[1]))
    contains(wrong.message, ({ ProbePlayer = "pid", ProbeText = "words", ProbeBoolean = "shown" })[call[1]] or "value")
  end
  equal(stage.calls("ProbePlayer", "ProbeText", "ProbeInt", "ProbeNumber", "ProbeBoolean"), {})
end)

test("takes for an id in lower case what is a text first, and says which of the two it is not", function()
  open()
  for value, words in pairs({ [5] = LOWER .. " (factionId is 5)", [true] = LOWER .. " (factionId is boolean)",
    ["a\0b"] = "factionId must have no NUL byte", ["\255"] = "factionId must be valid UTF-8",
    [("x"):rep(32769)] = "factionId must have at most 32768 bytes", ["A\255"] = LOWER }) do
    local result, wrong = declared.run({ "ProbeFaction", value })
    equal({ result, wrong.code, wrong.field }, { nil, "bad_arguments", "calls.0.arguments.0" })
    contains(wrong.message, "precondition of ProbeFaction not met: " .. words)
  end
  equal(declared.simulate({ "ProbeFaction", "\255" }), nil)
end)

test("refuses a value of another type at every argument of every function, without an error of its own", function()
  local other_type = { string = { 5, true }, int = { "north", true }, number = { "north", true },
    boolean = { 5, "no" } }
  local arguments = 0
  for _, entry in ipairs(functions.all) do
    local rule = rules.of(entry.name)
    for position, parameter in ipairs(rule and rule.parameters or {}) do
      for _, value in ipairs(other_type[entry.parameters[position].type]) do
        local ok, problem = pcall(parameter.kind, value)
        holds(ok and type(problem) == "string", entry.name .. "." .. parameter.name)
      end
      arguments = arguments + 1
    end
  end
  holds(arguments > 1000, "few arguments were looked at")
end)

test("takes as many arguments as a function has, but booleans at the end may be left out", function()
  open()
  for _, case in ipairs({ { { "ProbeBoolean" }, "takes 1 to 2 arguments (first, shown), not 0" },
    { { "ProbeBoolean", 1, true, true }, "takes 1 to 2 arguments (first, shown), not 3" },
    { { "ProbeFirst" }, "takes 2 arguments (shown, last), not 0" },
    { { "ProbeFirst", true }, "takes 2 arguments (shown, last), not 1" } }) do
    local value, wrong = declared.run(case[1])
    equal({ value, wrong.code, wrong.field }, { nil, "bad_arguments", "calls.0.arguments" })
    contains(wrong.message, case[2])
  end
  holds(declared.run({ "ProbeBoolean", 1 }, { "ProbeFirst", true, 1 }, { "ProbeShown" }, { "ProbeShown", true }))
end)

test("runs no function of whose arguments it has no rule", function()
  open()
  local value, wrong = declared.run({ "ProbeAnything", 1 })
  equal({ value, wrong.code, wrong.field }, { nil, "not_permitted", "calls.0.name" })
  contains(wrong.message, "there is no rule")
end)

test("enforces what only the server itself can know", function()
  open()
  equal(declared.simulate({ "ProbeConnected" }, { "ProbeCallback" }), nil)
  declared.open_empty(PROBES)
  contains(declared.simulate({ "ProbeConnected" }), "not met: a player has connected since the start")
  open()
  _G.ProbeInTimer = function() pcall(tes3mp.ProbeCallback) end
  tes3mp.StartTimer(tes3mp.CreateTimer("ProbeInTimer", 1))
  pcall(stage.run, 20)
  contains(stage.host.death(), "precondition of ProbeCallback not met: no timer callback is running")
  open()
  local timer = tes3mp.CreateTimer("ProbeInTimer", 1)
  equal(declared.simulate({ "ProbeTimer", timer }), nil)
  tes3mp.FreeTimer(timer)
  contains(declared.simulate({ "ProbeTimer", timer }), "precondition of ProbeTimer not met: the timer was not freed")
end)

test("takes no words that stand for no rule", function()
  local ok, problem = pcall(preconditions.read, "Probe", {}, { "the stars are right" })
  holds(not ok)
  equal(problem, "the precondition of Probe has no rule: the stars are right")
end)

test("knows the preconditions of every function that the data has words for, in the same words", function()
  local file = assert(io.open(require("test_root") .. "/timmy_actors/embedded/data/preconditions-0.8.1.json", "rb"))
  local data = assert(json.decode(file:read("*a")))
  file:close()
  local with_rules = 0
  for _, entry in ipairs(data) do
    local words = {}
    for _, rule in ipairs(functions.find(entry.name).preconditions) do words[rule.words] = true end
    for _, needed in ipairs(entry.needs) do
      local is_inner = needed:find("inner list", 1, true) and not words[needed]
      holds(words[needed] or is_inner, entry.name .. ": " .. needed)
    end
    with_rules = with_rules + 1
  end
  equal(with_rules, #data)
  for _, entry in ipairs(functions.all) do
    for _, rule in ipairs(entry.preconditions) do
      holds(rule.kind ~= "index" or entry.parameters[rule.position].name == rule.argument, entry.name)
      holds(rule.kind ~= "text" or rule.judge, entry.name)
      holds(rule.kind ~= "range" or rule.low <= rule.high, entry.name)
    end
  end
end)
