local harness = require("harness")
local client = require("client")
local zmtp = require("timmy.wire.zmtp")

local STREAMS, SEED = 2000, 20240917
local TOKEN = "a token of some length"
local STATES = { greeting = true, handshake = true, ready = true, refusing = true, closing = true, closed = true }

local function options(mechanism)
  return {
    mechanism = mechanism, tokens = { { secret = TOKEN, scopes = {} } }, handshake_s = 2, refusal_delay_s = 0.5,
    frame_bytes = 2000, message_parts = 2, pending_bytes = 5000, heartbeat_interval_s = 1, heartbeat_timeout_s = 3,
  }
end

local function random_bytes(longest)
  local bytes = {}
  for position = 1, math.random(0, longest) do bytes[position] = string.char(math.random(0, 255)) end
  return table.concat(bytes)
end

local function good_stream(mechanism)
  local opening = mechanism == "PLAIN" and client.plain_opening(TOKEN) or client.null_opening()
  return opening .. client.message("", '{"type":"ping","id":"1"}') .. client.ping(20, "context")
    .. client.message(("x"):rep(math.random(0, 1000)))
end

local MUTATIONS = {
  function(stream, at) return stream:sub(1, at - 1) .. string.char(math.random(0, 255)) .. stream:sub(at + 1) end,
  function(stream, at) return stream:sub(1, at - 1) .. stream:sub(at + 1) end,
  function(stream, at) return stream:sub(1, at) .. random_bytes(20) .. stream:sub(at + 1) end,
  function(stream, at) return stream:sub(1, at) end,
  function(stream, at) return stream:sub(1, at) .. stream:sub(math.random(1, #stream)) end,
}

local function mutated(stream)
  for _ = 1, math.random(1, 4) do
    if #stream > 0 then stream = MUTATIONS[math.random(#MUTATIONS)](stream, math.random(#stream)) end
  end
  return stream
end

local function any_stream(mechanism)
  if math.random() < 0.3 then return random_bytes(200) end
  return mutated(good_stream(mechanism))
end

--- Writes a random part of what waits.
local function write_some(connection)
  if connection.outbox.size == 0 then return end
  local head, offset = connection.outbox:peek()
  connection.outbox:wrote(math.random(0, #head - offset))
end

local function check(connection)
  harness.holds(STATES[connection.state], "no such state: " .. tostring(connection.state))
  harness.holds(connection.state ~= "closed" or connection.reason, "closed without a reason")
  harness.holds(connection.inbox.size >= 0 and connection.outbox.size >= 0)
  harness.holds(connection.outbox.size <= 5000 + 300 or connection.state == "closed", "the bound on writing is broken")
end

local function drain(connection)
  for event in function() return connection:next_event() end do
    if event.type == "message" then connection:send(event.parts) end
    check(connection)
  end
end

local function run(mechanism)
  local connection, stream, now = zmtp.server(options(mechanism), 0), any_stream(mechanism), 0
  while #stream > 0 do
    local length = math.random(1, math.random() < 0.5 and 3 or 400)
    connection:feed(stream:sub(1, length), now)
    stream = stream:sub(length + 1)
    drain(connection)
    if math.random() < 0.5 then write_some(connection) end
    now = now + math.random() * 0.2
    connection:tick(now)
    check(connection)
  end
end

for _, mechanism in ipairs({ "NULL", "PLAIN" }) do
  harness.test(STREAMS .. " random and mutated streams raise nothing and break no bound, " .. mechanism, function()
    math.randomseed(SEED)
    for _ = 1, STREAMS do run(mechanism) end
  end)
end
