local harness = require("harness")
local json = require("timmy.wire.json")
local protocol = require("timmy.wire.protocol")

local test, equal, holds = harness.test, harness.equal, harness.holds

local CLIENT_TYPES = { "hello", "subscribe", "observe", "command", "ping" }
local SERVER_TYPES = { "welcome", "subscribed", "perception", "frame", "result", "pong", "event", "error" }

local function vectors_of(kind)
  local file = assert(io.open(package.loaded.test_root .. "/docs/protocol/golden/" .. kind .. ".json", "rb"))
  local vectors = assert(json.decode(file:read("*a")))
  file:close()
  return vectors
end

local function judge(vector)
  local message, err = protocol.read(json.encode(vector.message))
  if vector.valid then return holds(message, vector.name .. ": " .. tostring(err and err.message)) end
  if vector.error.code == "unsupported_version" then
    return holds(message and (message.protocol < 1 or message.protocol > protocol.VERSION), vector.name)
  end
  holds(not message, vector.name .. " was taken")
  equal({ err.code, err.field }, { vector.error.code, vector.error.field }, vector.name)
end

for _, kind in ipairs(CLIENT_TYPES) do
  test("every golden vector of " .. kind .. " is judged as the models judge it", function()
    for _, vector in ipairs(vectors_of(kind)) do judge(vector) end
  end)
end

test("the server's messages survive our JSON", function()
  for _, kind in ipairs(SERVER_TYPES) do
    for _, vector in ipairs(vectors_of(kind)) do
      local text = json.encode(vector.message)
      equal(json.encode(json.decode(text)), text, kind .. ": " .. vector.name)
    end
  end
end)

test("absent fields get the models' defaults", function()
  local message = protocol.read('{"type":"subscribe","id":"1","sections":[]}')
  equal({ message.players, message.rate_hz, message.radius, message.events }, { "all", 5, 4096, {} })
  message = protocol.read('{"type":"observe","id":"1","player":"Timmy","sections":null}')
  equal({ message.sections, message.radius }, { nil, 4096 })
  equal(protocol.read('{"type":"hello","id":"1","client":"c"}').protocol, 1)
end)

test("an error carries the id where it could be read", function()
  local function id_of(text) return select(3, protocol.read(text)) end
  equal(id_of('{"type":"dance","id":"7"}'), "7")
  equal(id_of('{"type":"command","id":"7"}'), "7")
  equal(id_of('{"type":"command","id":7}'), nil)
  equal(id_of('{"type":"command","id":"' .. ("x"):rep(129) .. '"}'), nil)
  equal(id_of("nonsense"), nil)
end)

test("a result has a value or an error, never both", function()
  equal(json.encode(protocol.result("1", nil, nil)), '{"id":"1","type":"result","value":{}}')
  equal(json.encode(protocol.result("1", { a = 1 })), '{"id":"1","type":"result","value":{"a":1}}')
  equal(protocol.result("1", nil, { code = "expired" }).value, nil)
end)
