local harness = require("harness")
local checks = require("timmy.wire.checks")
local declarations = require("timmy.wire.declarations")
local json = require("timmy.wire.json")

local equal, test = harness.equal, harness.test

local NAN, INFINITY = 0 / 0, math.huge

local _, read = checks.object({
  { name = "player", type = declarations.types.Name },
  { name = "count", type = { type = "integer", minimum = 1, maximum = 10 }, default = 1 },
  { name = "kind", type = { enum = { "entry", "index" } }, optional = true },
}, "is unknown")

local function refused(arguments)
  local values, wrong, place = read(arguments)
  assert(values == nil and wrong, "accepted")
  return place
end

test("fills in what was left out", function()
  local values = read({ player = "Timmy" })
  assert(values.player == "Timmy" and values.count == 1 and values.kind == nil)
end)

test("takes null for absent only where a field is optional", function()
  assert(read({ player = "Timmy", kind = json.null }).kind == nil)
  assert(refused({ player = "Timmy", count = json.null }) == "count")
  assert(refused({ player = json.null }) == "player")
end)

test("names the field that is missing", function()
  assert(refused({}) == "player")
end)

test("names the first unknown field by the alphabet", function()
  assert(refused({ player = "Timmy", zeal = 1, ardour = 2 }) == "ardour")
  assert(refused({ player = "Timmy", [1] = "x" }) == "1")
end)

test("repeats no more of a field's name than fits an answer", function()
  assert(#refused({ player = "Timmy", [("x"):rep(5000)] = 1 }) == 256)
end)

test("says what must hold, and where", function()
  local function wrong(declared, value)
    local _, words, place = checks.of(declared)(value)
    return { words, place }
  end
  equal(wrong({ type = "integer", minimum = 1 }, 0), { "must be at least 1" })
  equal(wrong({ type = "number", minimum = 0.1 }, 0), { "must be at least 0.1" })
  equal(wrong({ type = "number", exclusive_minimum = 0 }, 0), { "must be above 0" })
  equal(wrong({ type = "number" }, NAN), { "must be a number" })
  equal(wrong({ enum = { "a", "b", "c" } }, "d"), { "must be 'a', 'b' or 'c'" })
  equal(wrong({ enum = { "a" } }, 5), { "must be 'a'" })
  equal(wrong({ any_of = { { enum = { "all" } }, { type = "array", items = { type = "string" } } } }, 5),
    { "must be 'all', or: must be a list" })
  local stacks = { type = "array", max_items = 2, items = declarations.types.Stack }
  equal(wrong(stacks, { { item = "a" }, { item = "b", count = 0 } }), { "must be at least 1", "1.count" })
  equal(wrong(stacks, { { item = "a" }, { item = "a" }, { item = "a" } }), { "must have at most 2 items" })
  equal(wrong(stacks, { { item = "a", soul = "rat" } }), { "is no field here", "0.soul" })
end)

test("fills in what was left out in objects and lists of objects, and takes nulls away", function()
  local stacks = checks.of({ type = "array", items = declarations.types.Stack })
  equal(stacks({ { item = "a" }, { item = "b", count = 2 } }), { { item = "a", count = 1 }, { item = "b", count = 2 } })
  local effect = checks.of(declarations.types.Effect)({ id = 1, area = json.null })
  equal({ effect.id, effect.area }, { 1, nil })
  equal(json.encode(checks.of(declarations.types.Call)({ name = "GetPort" })), '{"arguments":[],"name":"GetPort"}')
end)

test("asks of a record that is based on no other what its type needs", function()
  local record = checks.of(declarations.types.Record)
  equal({ select(2, record({ type = "enchantment", effects = json.array({}) })) },
    { "effects: is required where no base_id is given", "enchantment" })
  equal(record({ type = "enchantment", base_id = "x" }).base_id, "x")
  equal({ select(2, record({ name = "n" })) }, { "'type' is required" })
end)

test("refuses names that are empty, too long, of two lines or not text", function()
  for _, name in ipairs({ "", "a\nb", "a\0b", "\127", ("x"):rep(257), 7, true, {} }) do
    assert(refused({ player = name }) == "player", tostring(name))
  end
end)

test("counts characters, not bytes", function()
  local accented = ("é"):rep(256)
  assert(read({ player = accented }).player == accented)
  assert(refused({ player = accented .. "é" }) == "player")
end)

test("refuses numbers that are not whole, not finite or out of bounds", function()
  for _, count in ipairs({ 0, 11, -1, 1.5, NAN, INFINITY, -INFINITY, 1e300, "5", true, {} }) do
    assert(refused({ player = "Timmy", count = count }) == "count", tostring(count))
  end
  assert(read({ player = "Timmy", count = 10 }).count == 10)
end)

test("refuses a word that is not declared", function()
  for _, kind in ipairs({ "ENTRY", "", 1, false }) do
    assert(refused({ player = "Timmy", kind = kind }) == "kind", tostring(kind))
  end
end)
