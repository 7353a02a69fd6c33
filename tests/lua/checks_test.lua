local harness = require("harness")
local json = require("timmy.wire.json")
local checks = require("timmy.wire.checks")

local test = harness.test

local NAN, INFINITY = 0 / 0, math.huge

local fields = {
  { name = "player", check = checks.name },
  { name = "count", check = checks.integer(1, 10), default = 1 },
  { name = "kind", check = checks.one_of("entry", "index"), optional = true },
}

local function refused(arguments)
  local values, wrong = checks.read(fields, arguments)
  assert(values == nil and wrong.code == "bad_arguments", "accepted")
  return wrong.field
end

test("fills in what was left out", function()
  local values = checks.read(fields, { player = "Timmy" })
  assert(values.player == "Timmy" and values.count == 1 and values.kind == nil)
end)

test("takes null for absent only where a field is optional", function()
  assert(checks.read(fields, { player = "Timmy", kind = json.null }).kind == nil)
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

test("refuses what is no object", function()
  for _, arguments in ipairs({ json.null, "text", 1, true }) do assert(refused(arguments) == "arguments") end
  assert(refused(nil) == "arguments")
end)

test("refuses names that are empty, too long, of two lines or not text", function()
  for _, name in ipairs({ "", "a\nb", "a\0b", "\127", ("x"):rep(257), 7, true, {} }) do
    assert(refused({ player = name }) == "player", tostring(name))
  end
end)

test("counts characters, not bytes", function()
  local accented = ("é"):rep(256)
  assert(checks.read(fields, { player = accented }).player == accented)
  assert(refused({ player = accented .. "é" }) == "player")
end)

test("refuses numbers that are not whole, not finite or out of bounds", function()
  for _, count in ipairs({ 0, 11, -1, 1.5, NAN, INFINITY, -INFINITY, 1e300, "5", true, {} }) do
    assert(refused({ player = "Timmy", count = count }) == "count", tostring(count))
  end
  assert(checks.read(fields, { player = "Timmy", count = 10 }).count == 10)
end)

test("refuses a word that is not declared", function()
  for _, kind in ipairs({ "ENTRY", "", 1, false }) do
    assert(refused({ player = "Timmy", kind = kind }) == "kind", tostring(kind))
  end
end)
