--- No argument, however wrong, may end the server, change the game, or raise an error.
local acting = require("acting")
local commands = require("timmy.commands.registry")
local deferred = require("timmy.server.deferred")
local harness = require("harness")
local json = require("timmy.wire.json")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local NAN, INFINITY = 0 / 0, math.huge
local ALL = { raw = true, chat_command = true, operate = true }

--- Arguments that each command takes, and what it can't do without: as published, or with more fields than the example.
local GOOD, REQUIRED = {
  journal = { player = "Timmy", quest = "ms_fargoth", index = 10, kind = "entry" },
  set_race = { player = "Timmy", race = "Orc", gender = "male", head = "a_head", hair = "a_hair" },
  teleport = { player = "Timmy", cell = "-3, -2", x = -23894, y = -15079, z = 505, yaw = 90 },
}, {
  teleport = { "player", "x", "y", "z" },
}
local AFTER, EMPTY_LISTS = {}, {}

for _, name in ipairs(commands.names) do
  local schema = acting.schema(name)
  GOOD[name] = GOOD[name] or schema.examples[1]
  REQUIRED[name] = REQUIRED[name] or schema.required
  AFTER[name] = schema["x-after"]
  EMPTY_LISTS[name] = {}
  for field, property in pairs(schema.properties) do
    EMPTY_LISTS[name][field] = property.type == "array" and not property.minItems
  end
end

--- What no field takes, whatever its type (a truth value but for those that want one).
local NEVER = {
  "", "\0", "a\0b", "a\nb", "\127", ("x"):rep(100000), true, false, {}, json.array({}), json.object({}), { 1 },
  NAN, INFINITY, -INFINITY, 1e300, -1e300, 2147483648, -2147483649, 1e14, function() end,
}

local function with(arguments, field, value)
  local changed = {}
  for name, given in pairs(arguments) do changed[name] = given end
  changed[field] = value
  return changed
end

local function shown(value)
  return type(value) == "string" and ("%q"):format(value:sub(1, 20)) or tostring(value)
end

--- The world stays as it is when nothing is done, so one will do for every refusal.
local function refuse(name, arguments, about)
  local value, wrong = commands.run(name, arguments, ALL)
  holds(value == nil, about .. " was accepted")
  holds(wrong.code == "bad_arguments", about .. " was answered " .. wrong.code)
  holds(type(wrong.field) == "string", about .. ": no field was named")
  holds(json.encode(wrong), about .. ": the answer can't be sent")
  equal(stage.effects(), {}, about)
  return wrong.field:match("^[^.]*")
end

--- The argument that a place in it ("buttons.0") belongs to.
local function field_of(place) return place:match("^[^.]+") end

test("takes the good arguments that the hostile ones are made of", function()
  for name, arguments in pairs(GOOD) do
    stage.open()
    for _, before in ipairs(AFTER[name]) do
      acting.done(before.name, before.arguments, ALL)
      stage.settle()
    end
    local _, wrong = commands.run(name, arguments, ALL)
    equal(wrong, nil, name)
  end
end)

test("refuses every hostile value in every field of every command, and names the field", function()
  stage.open()
  for name, arguments in pairs(GOOD) do
    for field in pairs(arguments) do
      for _, value in ipairs(NEVER) do
        local about = name .. "." .. field .. " = " .. shown(value)
        local fits = type(value) == "boolean" and type(arguments[field]) == "boolean"
        fits = fits or (EMPTY_LISTS[name][field] and json.is_array(value) and #value == 0)
        if not fits then equal(field_of(refuse(name, with(arguments, field, value), about)), field, about) end
      end
    end
  end
end)

test("refuses numbers for text and text for numbers", function()
  stage.open()
  for name, arguments in pairs(GOOD) do
    for field, value in pairs(arguments) do
      local other = type(value) == "number" and tostring(value) or 7
      equal(refuse(name, with(arguments, field, other), name .. "." .. field), field)
    end
  end
end)

test("refuses arguments that are missing or null", function()
  stage.open()
  for name, fields in pairs(REQUIRED) do
    for _, field in ipairs(fields) do
      refuse(name, with(GOOD[name], field, nil), name .. " without " .. field)
      refuse(name, with(GOOD[name], field, json.null), name .. " with a null " .. field)
    end
  end
end)

test("refuses arguments that no command declares", function()
  stage.open()
  for name, arguments in pairs(GOOD) do
    equal(refuse(name, with(arguments, "haste", true), name), "haste")
    refuse(name, with(arguments, 1, "positional"), name)
  end
end)

test("refuses arguments that are no object", function()
  stage.open()
  for name in pairs(GOOD) do
    for _, arguments in ipairs({ json.null, "text", 7, true, json.array({ "Timmy" }) }) do
      refuse(name, arguments, name .. " " .. shown(arguments))
    end
    refuse(name, nil, name .. " without arguments")
  end
end)

--- What a mutation puts anywhere: values that some fields take and others don't.
local ANYTHING = {
  "Timmy", "Jiub", "Balmora", "-3, -2", "-976, 976", "-3,-2", "gold_001", "GOLD_001", "index", "female", "level",
  "health", "magicka_base", "Speed", "%s%n", "\"; StopServer", "\195\169", "\255\254", "$custom_1", "..", "ToddTest",
  0, 1, -1, 0.5, 199, 365, 100000, 1000000, 8000000, -8000000, 360, -360, json.null,
}

local ROUNDS = 3000

test("survives random mixtures of plausible arguments", function()
  stage.open()
  math.randomseed(1)
  local function pick(list) return list[math.random(#list)] end
  for round = 1, ROUNDS do
    local name = pick(commands.names)
    local arguments = GOOD[name]
    for field in pairs(GOOD[name]) do
      if field ~= "player" and math.random() < 0.4 then arguments = with(arguments, field, pick(ANYTHING)) end
    end
    local value, wrong = commands.run(name, arguments, ALL)
    holds(value or wrong.code ~= "internal", "round " .. round .. ": " .. name .. " failed inside")
    if deferred.is(value) then value = { asked = true } end
    holds(json.encode(value or wrong), "round " .. round .. ": the answer can't be sent")
  end
  holds(stage.host.death() == nil)
end)
