--- The lists that a batch reads and fills: their lengths, their validity, and when both are checked. Tested with
-- functions that no server has.
local declared = require("declared")
local harness = require("harness")
local json = require("timmy.wire.json")
local probes = require("probes")
local stage = require("stage")

local contains, equal, holds, test = harness.contains, harness.equal, harness.holds, harness.test
local WORDS = probes.WORDS

test("asks for the length of a list with as many arguments as that takes", function()
  probes.open()
  stage.forget()
  holds(declared.run({ "ReadReceivedActorList" }, { "ProbeSpell", 0, 1 }, { "ProbeEffect", 0, 1, 0 }))
  local size, count = "GetActorSpellsActiveChangesSize", "GetActorSpellsActiveEffectCount"
  equal(stage.calls("GetActorListSize", size, count), { { "GetActorListSize" }, { size, 0 }, { "GetActorListSize" },
    { size, 0 }, { count, 0, 1 } })
end)

test("judges an index that the batch itself got from the server right before the call", function()
  probes.open()
  local read, size = { "ReadReceivedActorList" }, { "GetActorListSize" }
  local _, wrong = declared.run(read, size, { "ProbeActor", { result = 1 } })
  equal(wrong.field, "calls.2.arguments.0")
  contains(wrong.message, WORDS.OF_ACTORS .. " (index is 3, GetActorListSize is 3); the 2 calls before it were done")
end)

test("takes no list for read whole that is longer than a packet can be", function()
  probes.open()
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
  probes.open()
  stage.host.receive("objects", { action = 3, entries = { {}, {}, {} } })
  local _, wrong = declared.run({ "ReadReceivedObjectList" }, { "ProbeObjects" })
  contains(wrong.message, WORDS.OBJECTS .. ": a packet has come since that raised no event")
  stage.host.receive("objects", { action = 3, entries = { { items = { {}, {} } }, { items = {} } } })
  _, wrong = declared.run({ "ReadReceivedObjectList" }, { "GetContainerProbe", 0, 0 })
  contains(wrong.message, WORDS.OBJECTS .. ": a packet has come since that raised no event")
  stage.host.receive("objects", { action = 3, entries = { {}, {} } }, "OnObjectActivate", 0, probes.CELL)
  _, wrong = declared.run({ "ReadReceivedObjectList" }, { "GetContainerProbe", 0, 0 })
  contains(wrong.message, WORDS.OBJECTS .. ": the last packet of objects was no container's")
  probes.open_unheard()
  for read, probe in pairs({ ReadReceivedActorList = "ProbeActors", ReadReceivedObjectList = "ProbeObjects",
    ReadReceivedWorldstate = "ProbeRecords" }) do
    _, wrong = declared.run({ read }, { probe })
    contains(wrong.message, "since the bridge started")
  end
end)

local function data_of(name)
  local file = assert(io.open(require("test_root") .. "/timmy_actors/embedded/data/" .. name, "rb"))
  local data = assert(json.decode(file:read("*a")))
  file:close()
  return data
end

--- What reads the list that an event of the server tells of, by the event's name; nil for other events.
local function reading(event)
  if event:find("^OnActor") and event ~= "OnActorTest" then return { "ReadReceivedActorList" }, { "ProbeActors" } end
  if event == "OnRecordDynamic" then return { "ReadReceivedWorldstate" }, { "ProbeRecords" } end
  for _, start in ipairs({ "OnObject", "OnDoor", "OnContainer", "OnConsole", "OnVideo", "OnClientScriptLocal" }) do
    if event:find("^" .. start) then return { "ReadReceivedObjectList" }, { "ProbeObjects" } end
  end
end

test("accepts a packet of every event about actors, objects or records", function()
  probes.open()
  local count = 0
  for _, event in ipairs(data_of("events-0.8.1.json")) do
    local read, probe = reading(event.name)
    if read then
      declared.guard.received.listen()
      holds(not declared.run(read, probe), event.name)
      customEventHooks.triggerHandlers(event.name, customEventHooks.makeEventStatus(true, true), { 0, probes.CELL })
      holds(declared.run(read, probe), event.name)
      count = count + 1
    end
  end
  equal(count, 25)
end)

test("takes a worldstate without records for one in which none is selected", function()
  probes.open()
  stage.host.receive("worldstate", { kills = { {} } })
  equal(declared.simulate({ "ReadReceivedWorldstate" }, { "ProbeWorld" }), nil)
  contains(declared.simulate({ "ProbeRecords" }), WORDS.RECORDS)
end)

test("reads only the number of actors of a cell that is not loaded, and nothing of one that was unloaded",
  function()
    probes.open()
    local elsewhere = { "ReadCellActorList", "Nowhere" }
    local _, wrong = declared.run(elsewhere, { "ProbeActors" })
    contains(wrong.message, WORDS.ACTORS .. ": no client has reported actors in that cell")
    holds(declared.run(elsewhere, { "ProbeActorCount" }))
    equal(declared.simulate(elsewhere, { "ProbeActorCount" }), nil)
    contains(declared.simulate(elsewhere, { "ProbeActors" }), WORDS.ACTORS)
    probes.open()
    tes3mp.ReadCellActorList(probes.CELL)
    for pid in pairs(Players) do stage.host.disconnect(pid) end
    contains(declared.simulate({ "ProbeActorCount" }), WORDS.COUNTED)
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
    WORDS.OF_OBJECTS .. " (objectIndex is 2, and the batch has added or copied 2 objects)" },
  { FILL_OBJECTS, { "SetProbeItem", 0, 0 }, { "SetProbeItem", 0, 1 }, 1,
    WORDS.IN_CONTAINER .. " (itemIndex is 1, and the batch has added or copied 1 items of that object)" },
  { FILL_OBJECTS, { "SetProbeItem", 0, 0 }, { "SetProbeItem", 1, 0 }, 1,
    WORDS.IN_CONTAINER .. " (itemIndex is 0, and the batch has added or copied 0 items of that object)" },
  { FILL_OBJECTS, { "SetProbeItemOnly", 0, 0 }, { "SetProbeItemOnly", 2, 0 }, 1, "0 items of that object)" },
  { COPY_OBJECTS, { "SetProbeObject", 1 }, { "SetProbeObject", 2 }, 0, "2 objects)" },
  { COPY_OBJECTS, { "SetProbeItem", 0, 0 }, { "SetProbeItem", 0, 1 }, 1, "1 items of that object)" },
  { COPY_OBJECTS, { "SetProbeItem", 0, 0 }, { "SetProbeItem", 1, 0 }, 1, "0 items of that object)" },
  { FILL_RECORDS, { "SetProbeRecord", 1 }, { "SetProbeRecord", 2 }, 0,
    WORDS.OF_ADDED .. " (recordIndex is 2, and the batch has added or copied 2 records of this type)" },
}

test("changes only those entries by their number that the batch has added or copied", function()
  for _, case in ipairs(WRITTEN) do
    probes.open()
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

test("changes no entry where the batch has begun no list", function()
  probes.open()
  for _, call in ipairs({ { "SetProbeObject", 0 }, { "SetProbeItemOnly", 0, 0 }, { "SetProbeRecord", 0 } }) do
    local _, wrong = declared.run(call)
    contains(wrong.message, "the batch has added or copied 0 ")
  end
end)

test("changes no entry of a copy of which it does not know what each object holds", function()
  local copy = { "CopyReceivedObjectListToStore" }
  for event, packet in pairs({ OnObjectActivate = { entries = { {}, {} } },
    [false] = { entries = { { items = { {}, {} } }, { items = {} } } } }) do
    probes.open()
    stage.host.receive("objects", packet, event or nil, 0, probes.CELL)
    for _, call in ipairs({ { "SetProbeObject", 0 }, { "SetProbeItemOnly", 0, 0 } }) do
      local _, wrong = declared.run({ "ReadReceivedObjectList" }, copy, call)
      contains(wrong.message, "the batch has added or copied 0 ")
    end
  end
end)

test("forgets what a batch has added when it begins a new list, and when the type of its records changes", function()
  for _, again in ipairs({ { "ClearObjectList" }, { "InitializeObjectList", 0 }, { "InitializeEvent", 0 } }) do
    probes.open()
    local _, wrong = declared.run(after(FILL_OBJECTS, again, { "SetProbeObject", 0 }))
    contains(wrong.message, "added or copied 0 objects")
    contains(declared.simulate(after(FILL_OBJECTS, again, { "SetProbeObject", 0 })), WORDS.OF_OBJECTS)
  end
  for _, again in ipairs({ { { "ClearRecords" } }, { { "SetRecordType", 3 } },
    { { "ReadReceivedWorldstate" }, { "CopyReceivedWorldstateToStore" } },
    { { "ReadLastWorldstate" }, { "CopyLastWorldstateToStore" } } }) do
    probes.open()
    local _, wrong = declared.run(after(FILL_RECORDS, after(again, { "SetProbeRecord", 0 })))
    contains(wrong.message, "added or copied 0 records of this type")
  end
end)

test("needs no list that was read for what a batch itself fills", function()
  probes.open()
  holds(declared.run({ "SetProbeChosen" }))
  probes.open_empty()
  equal(declared.simulate({ "SetProbeChosen" }), nil)
end)
