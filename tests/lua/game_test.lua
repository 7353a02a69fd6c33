local api_kinds = require("timmy.raw.kinds")
local functions = require("timmy.raw.functions")
local guard = require("timmy.game.guard")
local harness = require("harness")
local kinds = require("timmy.game.kinds")
local preconditions = require("timmy.raw.preconditions")

local test = harness.test

local NAN, INFINITY = 0 / 0, math.huge

--- Runs `act` with a server that only writes down what reached it.
local function with_server(act)
  local before, reached = _G.tes3mp, {}
  _G.tes3mp = setmetatable({}, { __index = function(_, name)
    return function(...) reached[#reached + 1] = { name, ... } end
  end })
  local ok, problem = pcall(act, reached)
  _G.tes3mp = before
  assert(ok, problem)
end

local function assert_refused(reached, act, ...)
  local ok, problem = pcall(act, ...)
  assert(not ok and problem:find("tes3mp.Probe", 1, true), "accepted " .. tostring((...)))
  assert(#reached == 0, "reached the server")
end

--- A function that only this test declares, of these kinds of arguments.
local function probe(...) return guard.checked("Probe", { ... }) end

test("passes good arguments on as they are", function()
  with_server(function(reached)
    guard.SetPos(3, -23894, -15079, 505)
    local call = reached[1]
    assert(call[1] == "SetPos" and call[2] == 3 and call[3] == -23894 and call[4] == -15079 and call[5] == 505)
  end)
end)

--- Each kind: what it takes at its bounds, and what is one step outside.
local KINDS = {
  pid = { { 0, 65534 }, { -1, 65535 } }, int = { { -2147483647, 2147483647 }, { -2147483648, 2147483648 } },
  number = { { 1e14 - 1, 1 - 1e14, 0.5 }, { 1e14, -1e14, NAN, INFINITY, -INFINITY } },
  boolean = { { true, false }, { 0, "true" } },
  text = { { "", ("x"):rep(8192) }, { ("x"):rep(8193), "a\0b", "\0" } },
  cell = { { "-976, 976", "976, -976", "a", ("x"):rep(250) },
    { "-977, 0", "977, 0", "0, -977", "0, 977", "", ("x"):rep(251), "a\nb" } },
  level = { { 0, 4 }, { -1, 5 } }, attribute = { { 0, 7 }, { -1, 8 } }, skill = { { 0, 26 }, { -1, 27 } },
  slot = { { 0, 18 }, { -1, 19 } }, rank = { { 0, 9 }, { -1, 10 } },
  faction_change = { { 0, 2 }, { -1, 3 } },
  milliseconds = { { 0, 2147483647 }, { -1, 2147483648 } }, timer = { { 0, 2147483647 }, { -1, 2147483648 } },
}

--- A function of so many arguments, of which one is of a kind, is given what that takes and what it refuses.
local function take_and_refuse(kind, values, position, count)
  local signature, arguments = { "int", "int", "int" }, { 1, 2, 3 }
  signature[position] = kind
  local checked = guard.checked("Probe", { unpack(signature, 1, count) })
  for _, value in ipairs(values[1]) do
    arguments[position] = value
    with_server(function(reached)
      checked(unpack(arguments, 1, count))
      assert(#reached == 1 and #reached[1] == 1 + count)
    end)
  end
  for _, value in ipairs(values[2]) do
    arguments[position] = value
    with_server(function(reached)
      local ok, problem = pcall(checked, unpack(arguments, 1, count))
      local words = ("tes3mp.Probe: argument %d must be a safe %s, not "):format(position, kind)
      assert(not ok and problem:find(words, 1, true) and #reached == 0, words .. tostring(value))
    end)
  end
end

test("takes of each kind what is within its bounds, and nothing one step outside", function()
  for kind in pairs(kinds.of) do assert(KINDS[kind], "no bounds are known of " .. kind) end
  for kind, values in pairs(KINDS) do
    for count = 1, 3 do
      for position = 1, count do take_and_refuse(kind, values, position, count) end
    end
  end
end)

test("takes no value of another type", function()
  with_server(function(reached)
    for kind, values in pairs(KINDS) do
      for _, value in ipairs({ 5, "5", true, {}, function() end }) do
        if type(value) ~= type(values[1][1]) then assert_refused(reached, probe(kind), value) end
      end
      assert_refused(reached, probe(kind), nil)
      if kind ~= "number" and type(values[1][1]) == "number" then assert_refused(reached, probe(kind), 1.5) end
    end
  end)
end)

test("refuses a missing and a surplus argument", function()
  with_server(function(reached)
    assert_refused(reached, probe("int"))
    assert_refused(reached, probe("int", "int"), 1)
    for _, case in ipairs({ { 1, 1, 2 }, { 2, 1, 2, 3 }, { 3, 1, 2 }, { 3, 1, 2, 3, 4 } }) do
      local _, problem = pcall(probe(unpack({ "int", "int", "int" }, 1, case[1])), unpack(case, 2))
      assert(problem:find(("tes3mp.Probe takes %d arguments"):format(case[1]), 1, true), problem)
      assert(#reached == 0)
    end
  end)
end)

test("takes of each function of the server no value that its precondition excludes", function()
  local sampled = {}
  for _, values in pairs(KINDS) do
    for _, list in ipairs(values) do
      for _, value in ipairs(list) do sampled[#sampled + 1] = value end
    end
  end
  local bounded = 0
  for name, signature in pairs(guard.signatures) do
    for _, rule in ipairs(functions.find(name).preconditions) do
      local is_bounded = rule.kind == "range" or rule.judge == api_kinds.cell
      bounded = bounded + (is_bounded and 1 or 0)
      for _, value in ipairs(is_bounded and sampled or {}) do
        local taken = kinds.of[signature[rule.position]](value)
        assert(not taken or preconditions.holds(rule, value), name .. " takes " .. tostring(value))
      end
    end
  end
  assert(bounded > 5, "few preconditions were looked at")
end)

test("logs anything without raising, and without what the server can't take", function()
  with_server(function(reached)
    guard.log("error", "one\0two")
    guard.log("no such level", nil)
    guard.log("info", ("x"):rep(100000))
    assert(reached[1][2] == 3 and reached[1][3] == "onetwo")
    assert(reached[2][3] == "nil")
    assert(#reached[3][3] == 8192)
  end)
end)

test("takes no number of items out of a container that is not whole", function()
  with_server(function(reached)
    assert(not pcall(guard.add_object_taking, { 0.5 }))
    assert(#reached == 1 and reached[1][1] == "AddObject")
  end)
end)

test("reads no actor list of a cell that isn't one", function()
  with_server(function(reached)
    assert(not pcall(guard.actors_in, ""))
    assert(not pcall(guard.actors_in, 5))
    assert(#reached == 0)
  end)
end)
