--- What must hold before a call, one kind at a time, at functions that are declared here: where it holds, the raw API
-- makes the call and the simulator runs it; one step outside, both refuse it in the same words.
local declared = require("declared")
local functions = require("timmy.raw.functions")
local harness = require("harness")
local json = require("timmy.wire.json")
local preconditions = require("timmy.raw.preconditions")
local probes = require("probes")
local rules = require("timmy.raw.rules")
local stage = require("stage")

local contains, equal, holds, test = harness.contains, harness.equal, harness.holds, harness.test
local WORDS = probes.WORDS

local ACTORS_READ, OBJECTS_READ = { "ReadReceivedActorList" }, { "ReadReceivedObjectList" }
local WORLD_READ = { "ReadReceivedWorldstate" }

--- What must hold: { the kind, the words, the calls before, what is called where it holds, and one step outside, the
-- place of the argument in the error, from 0; nil for the call's name }.
local CASES = {
  { "selection", WORDS.ACTORS, ACTORS_READ, { "ProbeActors" }, { "ProbeActors" }, nil },
  { "selection", WORDS.COUNTED, ACTORS_READ, { "ProbeActorCount" }, { "ProbeActorCount" }, nil },
  { "selection", WORDS.OBJECTS, OBJECTS_READ, { "ProbeObjects" }, { "ProbeObjects" }, nil },
  { "selection", WORDS.WORLD, WORLD_READ, { "ProbeWorld" }, { "ProbeWorld" }, nil },
  { "selection", WORDS.RECORDS, WORLD_READ, { "ProbeRecords" }, { "ProbeRecords" }, nil },
  { "order", WORDS.BEING_WRITTEN, { "ClearActorList" }, { "ProbeWritten" }, { "ProbeWritten" }, nil },
  { "index", WORDS.OF_ACTORS, ACTORS_READ, { "ProbeActor", 2 }, { "ProbeActor", 3 }, 0 },
  { "index", WORDS.OF_ACTORS, ACTORS_READ, { "ProbeNamedActor", 2 }, { "ProbeNamedActor", 3 }, 0 },
  { "index", WORDS.OF_OBJECTS, OBJECTS_READ, { "ProbeObject", 1 }, { "ProbeObject", 2 }, 0 },
  { "index", WORDS.OF_RECORDS, WORLD_READ, { "ProbeRecord", 1 }, { "ProbeRecord", 2 }, 0 },
  { "index", WORDS.OF_WORLD, WORLD_READ, { "ProbeKill", 1 }, { "ProbeKill", 2 }, 0 },
  { "index", WORDS.OF_WORLD, WORLD_READ, { "ProbeMap", 1 }, { "ProbeMap", 2 }, 0 },
  { "index", WORDS.OF_WORLD, WORLD_READ, { "ProbeClientGlobal", 1 }, { "ProbeClientGlobal", 2 }, 0 },
  { "index", WORDS.OF_SPELLBOOK, nil, { "ProbeSpellbook", 0, 0 }, { "ProbeSpellbook", 0, 1 }, 1 },
  { "nested index", WORDS.IN_SPELLS, ACTORS_READ, { "ProbeSpell", 0, 1 }, { "ProbeSpell", 0, 2 }, 1 },
  { "nested index", WORDS.IN_SPELLS, ACTORS_READ, { "ProbeEffect", 0, 0, 1 }, { "ProbeEffect", 0, 1, 1 }, 2 },
  { "nested index", WORDS.IN_EFFECTS, WORLD_READ, { "ProbeRecordEffect", 0, 0 }, { "ProbeRecordEffect", 0, 1 }, 1 },
  { "nested index", WORDS.IN_LOCALS, OBJECTS_READ, { "ProbeLocal", 0, 1 }, { "ProbeLocal", 0, 2 }, 1 },
  { "nested index", WORDS.IN_CONTAINER, OBJECTS_READ, { "GetContainerProbe", 0, 0 }, { "GetContainerProbe", 0, 1 }, 1 },
  { "nested index", WORDS.IN_CONTAINER, OBJECTS_READ, { "GetContainerProbe", 0, 0 }, { "GetContainerProbe", 1, 0 }, 1 },
  { "nested index", WORDS.OF_OBJECTS, OBJECTS_READ, { "GetContainerProbe", 0, 0 }, { "GetContainerProbe", 2, 0 }, 0 },
  { "nested index", WORDS.OF_ACTIVE, nil, { "ProbeActive", 0, 0, 0 }, { "ProbeActive", 0, 1, 0 }, 1 },
  { "nested index", WORDS.OF_ACTIVE_EFFECTS, nil, { "ProbeActive", 0, 0, 0 }, { "ProbeActive", 0, 0, 1 }, 2 },
  { "index", WORDS.OF_ACTORS, ACTORS_READ, { "ProbeActor", 0 }, { "ProbeActor", -1 }, 0 },
  { "index", WORDS.OF_SPELLBOOK, nil, { "ProbeSpellbook", 0, 0 }, { "ProbeSpellbook", 0, -1 }, 1 },
  { "nested index", WORDS.IN_SPELLS, ACTORS_READ, { "ProbeSpell", 0, 0 }, { "ProbeSpell", 0, -1 }, 1 },
  { "range", WORDS.RANGE, nil, { "ProbeRange", 1, 18 }, { "ProbeRange", 1, 19 }, 1 },
  { "range", WORDS.RANGE, nil, { "ProbeRange", 1, -3 }, { "ProbeRange", 1, -4 }, 1 },
  { "text", WORDS.CHECKSUM, nil, { "ProbeChecksum", "12345678" }, { "ProbeChecksum", "123456789" }, 0 },
  { "text", WORDS.CHECKSUM, nil, { "ProbeChecksum", "" }, { "ProbeChecksum", "one" }, 0 },
  { "text", WORDS.LOWER, nil, { "ProbeFaction", "temple" }, { "ProbeFaction", "Temple" }, 0 },
  { "text", WORDS.A_CELL, nil, { "ProbeCell", "-976, 976" }, { "ProbeCell", "-977, 976" }, 0 },
  { "text", WORDS.A_CELL, nil, { "ProbeCell", "976, -976" }, { "ProbeCell", "976, -977" }, 0 },
  { "text", WORDS.A_CELL, nil, { "ProbeCell", "a" }, { "ProbeCell", "" }, 0 },
  { "text", WORDS.A_CELL, nil, { "ProbeCell", ("x"):rep(250) }, { "ProbeCell", ("x"):rep(251) }, 0 },
  { "text", WORDS.PATH, nil, { "ProbePath", "./data/a" }, { "ProbePath", "./other/a" }, 0 },
  { "text", WORDS.PATH, nil, { "ProbePath", "./data/" .. ("x"):rep(255) },
    { "ProbePath", "./data/" .. ("x"):rep(256) }, 0 },
}

local function about(case) return case[1] .. " of " .. case[4][1] end

--- The calls of a case: those before, unless it is one of them that is missing, and the call.
local function calls_of(case, call)
  if case[3] and not (call == case[5] and case[6] == nil) then return case[3], call end
  return call
end

test("makes a call whose preconditions hold, and the simulator runs it", function()
  for _, case in ipairs(CASES) do
    probes.open()
    local value, wrong = declared.run(calls_of(case, case[4]))
    holds(value, wrong and about(case) .. ": " .. wrong.message)
    equal(declared.simulate(calls_of(case, case[4])), nil, about(case))
  end
end)

test("refuses a call one step outside, and the simulator ends by it, in the same words", function()
  for _, case in ipairs(CASES) do
    probes.open()
    local name = case[5][1]
    local value, wrong = declared.run(calls_of(case, case[5]))
    equal(value, nil, about(case))
    local words = ("precondition of %s not met: %s"):format(name, case[2])
    contains(wrong.message, words)
    local call = "calls." .. (case[3] and case[6] and 1 or 0)
    equal({ wrong.code, wrong.field }, { "bad_arguments", case[6] and call .. ".arguments." .. case[6]
      or call .. ".name" }, about(case))
    equal(#stage.calls(name), 0, about(case) .. " reached the server")
    if not case[6] then probes.open_empty() end
    contains(declared.simulate(calls_of(case, case[5])), words)
  end
end)

test("names the argument, its value and the length of the list", function()
  probes.open()
  local _, wrong = declared.run({ "ReadReceivedActorList" }, { "ProbeSpell", 0, 2 })
  contains(wrong.message, "(spellIndex is 2, GetActorSpellsActiveChangesSize is 2)")
  _, wrong = declared.run({ "ProbeRange", 1, 19 })
  contains(wrong.message, "(slot is 19)")
  _, wrong = declared.run({ "ProbeChecksum", "no number, and a text that goes on and on and on" })
  contains(wrong.message, '(checksumString is "no number, and a text that goes on and o")')
end)

test("touches only players who are logged in, and each value within its type", function()
  probes.open()
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

test("requires a lower-case id to be a text first, and reports which of the two it is not", function()
  probes.open()
  local lower = WORDS.LOWER
  for value, words in pairs({ [5] = lower .. " (factionId is 5)", [true] = lower .. " (factionId is boolean)",
    ["a\0b"] = "factionId must have no NUL byte", ["\255"] = "factionId must be valid UTF-8",
    [("x"):rep(32769)] = "factionId must have at most 32768 bytes", ["A\255"] = lower }) do
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
  probes.open()
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

test("repeats no more than the beginning of a name that no function has", function()
  probes.open()
  local _, wrong = declared.run({ ("x"):rep(101) })
  contains(wrong.message, "calls.0.name: " .. ("x"):rep(100) .. ": the script API")
end)

test("runs no function of whose arguments it has no rule", function()
  probes.open()
  local value, wrong = declared.run({ "ProbeAnything", 1 })
  equal({ value, wrong.code, wrong.field }, { nil, "not_permitted", "calls.0.name" })
  contains(wrong.message, "there is no rule")
end)

test("enforces what only the server itself can know", function()
  probes.open()
  equal(declared.simulate({ "ProbeConnected" }, { "ProbeCallback" }), nil)
  probes.open_empty()
  equal(stage.host.connect("Timmy"), 0)
  equal(declared.simulate({ "ProbeConnected" }), nil)
  probes.open_empty()
  contains(declared.simulate({ "ProbeConnected" }), "not met: a player has connected since the start")
  probes.open()
  _G.ProbeInTimer = function() pcall(tes3mp.ProbeCallback) end
  tes3mp.StartTimer(tes3mp.CreateTimer("ProbeInTimer", 1))
  pcall(stage.run, 20)
  contains(stage.host.death(), "precondition of ProbeCallback not met: no timer callback is running")
  probes.open()
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

local function data_of(name)
  local file = assert(io.open(require("test_root") .. "/timmy_actors/embedded/data/" .. name, "rb"))
  local data = assert(json.decode(file:read("*a")))
  file:close()
  return data
end

test("knows the preconditions of every function that the data has words for, in the same words", function()
  local data = data_of("preconditions-0.8.1.json")
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
