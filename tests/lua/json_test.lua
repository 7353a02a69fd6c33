local harness = require("harness")
local json = require("timmy.wire.json")
local fast = require("timmy.wire.json.fast")
local reader = require("timmy.wire.json.reader")
local utf8 = require("timmy.wire.utf8")

local test, equal, holds, contains = harness.test, harness.equal, harness.holds, harness.contains

local function read_file(path)
  local file = assert(io.open(path, "rb"))
  local content = file:read("*a")
  file:close()
  return content
end

local function from_hex(text)
  return (text:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end))
end

local vectors = assert(reader.decode(read_file(package.loaded.test_root .. "/docs/protocol/golden/json.json")))

local function text_of(vector)
  return vector.text or from_hex(vector.hex)
end

--- A replacement of the C library that is as lax as the original: it accepts numbers that strtod accepts, any bytes
-- inside a text and lone surrogates, and makes one table of [] and {}.
local lax_cjson = {}

local LAX = {
  { "[%z\1-\31\128-\255]", "?" }, { "\\ud8%x%x", "?" }, { "\\ude%x%x", "?" }, { "(%d)%.(%D)", "%1%2" },
  { "(%d)%.$", "%1" }, { "%-%.", "-0." }, { "e999", "" }, { ("%d"):rep(15) .. "%d*", "9" },
}

local function read_laxly(text)
  for _, laxness in ipairs(LAX) do text = text:gsub(laxness[1], laxness[2]) end
  return reader.decode(text)
end

local function without_nulls_and_empty_lists(value)
  if value == json.null then return 0 end
  if type(value) ~= "table" then return value end
  if next(value) == nil then return {} end
  for name, member in pairs(value) do value[name] = without_nulls_and_empty_lists(member) end
  return value
end

function lax_cjson.new()
  local function decode(text)
    local value, reason = reader.decode(text)
    if value == nil then value, reason = read_laxly(text) end
    if value == nil then error(reason, 0) end
    lax_cjson.used = (lax_cjson.used or 0) + 1
    return without_nulls_and_empty_lists(value)
  end
  return { decode = decode, decode_max_depth = function() end, decode_invalid_numbers = function() end }
end

local function decoders()
  local list = { own = reader.decode, ["over a lax cjson"] = fast.over(lax_cjson) }
  local found, cjson = pcall(require, "cjson")
  if found then list["over the installed cjson"] = fast.over(cjson) end
  return list
end

for name, decode in pairs(decoders()) do
  test("decoding gives what the golden vectors say, " .. name, function()
    for _, vector in ipairs(vectors) do
      local value, reason = decode(text_of(vector))
      if vector.ok then
        equal(json.encode(value), vector.encoded, vector.name)
      else
        holds(value == nil and type(reason) == "string", vector.name .. " was not refused")
      end
    end
  end)
end

test("a plain message is left to cjson where there is one", function()
  lax_cjson.used = 0
  local decode = fast.over(lax_cjson)
  decode('{"type":"ping","id":"1","n":[1,25]}')
  equal(lax_cjson.used, 1)
end)

test("a cjson that can't make an instance of its own is not used", function()
  equal(fast.over({}), nil)
end)

test("names are sorted, so equal values are equal texts", function()
  equal(json.encode({ b = 1, a = 2, c = { z = 1, y = 2 } }), '{"a":2,"b":1,"c":{"y":2,"z":1}}')
end)

test("an object with many names is sorted too", function()
  local object, names = {}, {}
  for index = 1, 40 do
    names[index] = ("n%02d"):format(41 - index)
    object[names[index]] = index
  end
  local decoded = json.decode(json.encode(object))
  equal(decoded, object)
  holds(json.encode(object):find('^{"n01":40,"n02":39,'))
end)

test("objects of ever new shapes do not confuse the memory of layouts", function()
  for index = 1, 6000 do
    equal(json.encode({ ["k" .. index] = 1, a = 2 }), '{"a":2,"k' .. index .. '":1}')
  end
end)

test("empty lists and empty objects stay apart both ways", function()
  equal(json.encode({ list = json.array({}), object = json.object({}), untagged = {} }),
    '{"list":[],"object":{},"untagged":{}}')
  local decoded = json.decode('{"list":[],"object":{}}')
  holds(json.is_array(decoded.list) and not json.is_object(decoded.list))
  holds(json.is_object(decoded.object) and not json.is_array(decoded.object))
  equal(json.encode(decoded), '{"list":[],"object":{}}')
end)

test("null is a value of its own", function()
  local decoded = json.decode("[null,null]")
  equal(#decoded, 2)
  holds(decoded[1] == json.null)
  holds(not json.is_array(json.null) and not json.is_object(json.null))
  equal(json.encode({ nothing = json.null }), '{"nothing":null}')
end)

test("numbers that not every host keeps are refused", function()
  for _, number in ipairs({ 0 / 0, math.huge, -math.huge, 1e14, -1e14, 1e300 }) do
    local text, reason = json.encode({ number })
    equal(text, nil)
    contains(reason, "not finite")
  end
  equal(json.encode({ 99999999999999, -99999999999999, 0.1, -0, 1e-7 }), "[99999999999999,-99999999999999,0.1,0,1e-07]")
end)

test("what has no JSON is refused, and nothing is raised", function()
  local cycle = {}
  cycle.self = cycle
  for _, value in ipairs({ print, coroutine.create(print), { [1.5] = 1 }, { 1, nil, 3 }, { 1, a = 2 }, cycle }) do
    local text, reason = json.encode(value)
    equal(text, nil)
    equal(type(reason), "string")
  end
  equal(json.encode(nil), nil)
end)

test("an empty name or one that is no text is not mistaken for a list", function()
  equal(json.encode({ [""] = 1 }), '{"":1}')
  equal(json.encode({ [2] = 1 }), nil)
end)

test("invalid UTF-8 becomes U+FFFD when it is written", function()
  local cases = {
    ["\255"] = "\239\191\189",
    ["a\226\130"] = "a\239\191\189",
    ["\237\160\128"] = ("\239\191\189"):rep(3),
    ["\192\175"] = ("\239\191\189"):rep(2),
    ["\244\144\128\128"] = ("\239\191\189"):rep(4),
    ["Balmora \233t\233"] = "Balmora \239\191\189t\239\191\189",
    ["\240\159\152\128"] = "\240\159\152\128",
  }
  for given, written in pairs(cases) do
    equal(json.encode(given), '"' .. written .. '"')
    equal(utf8.repair(given), written)
  end
end)

test("control characters, quotes and backslashes are escaped", function()
  equal(json.encode('\0\1\31\n\r\t\b\f"\\\127/'), '"\\u0000\\u0001\\u001f\\n\\r\\t\\b\\f\\"\\\\\127/"')
end)

test("a fragment is copied as it is", function()
  equal(json.encode({ sections = { world = json.fragment('{"hour":1}') } }), '{"sections":{"world":{"hour":1}}}')
end)

test("text is counted in characters", function()
  equal(utf8.length(""), 0)
  equal(utf8.length("a\195\169\226\130\172\240\159\152\128"), 4)
end)

test("whatever the bytes are, decoding answers", function()
  math.randomseed(7)
  local alphabet = '{}[]":,\\u0123456789eE.+-truefalsn \n\0\255\195'
  for _ = 1, 3000 do
    local bytes = {}
    for position = 1, math.random(0, 24) do
      local at = math.random(#alphabet)
      bytes[position] = alphabet:sub(at, at)
    end
    local value, reason = json.decode(table.concat(bytes))
    holds(value ~= nil or type(reason) == "string")
    if value ~= nil then equal(json.encode(json.decode(json.encode(value))), json.encode(value)) end
  end
end)
