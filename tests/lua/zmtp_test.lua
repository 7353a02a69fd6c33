local harness = require("harness")
local client = require("client")
local command = require("timmy.wire.zmtp.command")
local frames = require("timmy.wire.zmtp.frames")
local same_secret = require("timmy.wire.zmtp.secret")
local permissions = require("timmy.wire.permissions")
local zmtp = require("timmy.wire.zmtp")

local test, equal, holds, contains = harness.test, harness.equal, harness.holds, harness.contains

local TOKEN = "a token of some length"

local function options(replaced)
  local chosen = {
    mechanism = "NULL", tokens = { { secret = TOKEN, scopes = permissions.EVERYTHING } }, handshake_s = 2,
    refusal_delay_s = 0.5, frame_bytes = 65536, message_parts = 2, pending_bytes = 100000, heartbeat_interval_s = 1,
    heartbeat_timeout_s = 3,
  }
  for name, value in pairs(replaced or {}) do chosen[name] = value end
  return chosen
end

local function read_all(connection)
  local events = {}
  for event in function() return connection:next_event() end do
    if event.type ~= "step" then events[#events + 1] = event end
  end
  return events
end

--- Takes what waits to be written, as if it were written.
local function taken(connection)
  local written = {}
  while connection.outbox.size > 0 do
    local head, offset = connection.outbox:peek()
    written[#written + 1] = head:sub(offset + 1)
    connection.outbox:wrote(#head - offset)
  end
  return table.concat(written)
end

local function served(bytes, replaced)
  local connection = zmtp.server(options(replaced), 0)
  connection:feed(bytes, 0)
  return connection, read_all(connection)
end

local function ready(replaced)
  local connection = served(client.null_opening(), replaced)
  taken(connection)
  return connection
end

local function closes(bytes, reason, replaced)
  local connection = served(bytes, replaced)
  equal(connection.state, "closed")
  contains(connection.reason, reason)
end

local function refuses(bytes, reason, replaced)
  local connection = served(bytes, replaced)
  equal(connection.state, "closing")
  contains(taken(connection), command.encode("ERROR", command.short(reason)))
end

test("our greeting is sent before the peer's", function()
  local greeting = taken(zmtp.server(options(), 0))
  equal(#greeting, 64)
  equal(greeting:sub(1, 12), "\255\0\0\0\0\0\0\0\0\127\3\1")
  equal(greeting:sub(13, 32), "NULL" .. ("\0"):rep(16))
  equal(greeting:byte(33), 0)
  equal(taken(zmtp.server(options({ mechanism = "PLAIN" }), 0)):byte(33), 1)
end)

test("a DEALER and a REQ are ready after NULL's handshake", function()
  for _, socket_type in ipairs({ "DEALER", "REQ" }) do
    local connection, events = served(client.null_opening(socket_type))
    equal(events, { { type = "ready" } })
    equal(connection.socket_type, socket_type)
    contains(taken(connection), command.encode("READY", command.property("Socket-Type", "ROUTER")))
  end
end)

test("the right token opens PLAIN, and the answers come in RFC 24's order", function()
  local connection = zmtp.server(options({ mechanism = "PLAIN" }), 0)
  taken(connection)
  connection:feed(client.greeting("PLAIN") .. client.hello("timmy", TOKEN), 0)
  read_all(connection)
  equal(taken(connection), command.encode("WELCOME"))
  connection:feed(client.initiate("DEALER"), 0)
  equal(read_all(connection), { { type = "ready" } })
  equal(taken(connection), command.encode("READY", command.property("Socket-Type", "ROUTER")))
end)

test("a wrong token is refused with 400, however wrong it is, and not at once", function()
  local zeros = ("\0"):rep(#TOKEN)
  for _, token in ipairs({ "", "a", TOKEN:sub(1, -2), TOKEN .. "x", TOKEN:upper(), TOKEN:rep(2), zeros }) do
    local connection = served(client.plain_opening(token), { mechanism = "PLAIN" })
    taken(connection)
    connection:tick(0.49)
    equal({ connection.state, taken(connection) }, { "refusing", "" })
    connection:tick(0.5)
    equal(connection.state, "closing")
    equal(taken(connection), command.encode("ERROR", command.short("400")))
  end
end)

test("a peer that waits for its refusal is not read, and has no scope", function()
  local connection = served(client.plain_opening("wrong") .. client.plain_opening(TOKEN), { mechanism = "PLAIN" })
  connection:feed(client.plain_opening(TOKEN), 0.1)
  equal(read_all(connection), {})
  equal({ connection.state, connection.inbox.size, next(connection.scopes) }, { "refusing", 0 })
end)

test("each token opens PLAIN with scopes of its own, and NULL has them all", function()
  local tokens = { { secret = TOKEN, scopes = { observe = true } }, { secret = TOKEN .. "2", scopes = { act = true } } }
  for _, token in ipairs(tokens) do
    local connection = served(client.plain_opening(token.secret), { mechanism = "PLAIN", tokens = tokens })
    equal({ connection.state, connection.scopes }, { "ready", token.scopes })
  end
  equal(ready().scopes, permissions.EVERYTHING)
end)

test("a username or password without an end is refused", function()
  for _, data in ipairs({ "", "\5tim", "\5timmy", "\5timmy\3ab", "\5timmy\2abc" }) do
    refuses(client.greeting("PLAIN") .. command.encode("HELLO", data), "malformed HELLO", { mechanism = "PLAIN" })
  end
end)

test("a client can't skip the token", function()
  refuses(client.greeting("PLAIN") .. client.ready("DEALER"), "HELLO was expected", { mechanism = "PLAIN" })
  refuses(client.greeting("PLAIN") .. client.initiate("DEALER"), "HELLO was expected", { mechanism = "PLAIN" })
  closes(client.greeting("NULL") .. client.ready("DEALER"), "mechanism is not PLAIN", { mechanism = "PLAIN" })
  closes(client.greeting("PLAIN") .. client.message("hi"), "before the handshake", { mechanism = "PLAIN" })
end)

test("other socket types are refused with the supported ones", function()
  for _, socket_type in ipairs({ "PUB", "SUB", "ROUTER", "REP", "PUSH", "PAIR", "dealer", "" }) do
    refuses(client.null_opening(socket_type), "connect a DEALER or REQ socket")
  end
  refuses(client.greeting("NULL") .. command.encode("READY"), "Socket-Type is missing")
end)

test("metadata that is cut short is refused, in every place it can be", function()
  local whole = command.property("Socket-Type", "DEALER")
  for length = 1, #whole - 1 do
    refuses(client.greeting("NULL") .. command.encode("READY", whole:sub(1, length)), "malformed metadata")
  end
end)

test("the names of properties ignore case", function()
  local connection = served(client.greeting("NULL") .. command.encode("READY", command.property("SOCKET-TYPE", "REQ")))
  equal(connection.state, "ready")
end)

test("a finished connection reads nothing more, and has a moment to send its output", function()
  local connection = ready()
  connection:send({ "farewell" })
  connection:finish("enough", 10)
  connection:feed(("x"):rep(70000), 10)
  equal({ connection.state, connection.inbox.size, connection:next_event() }, { "farewell", 0 })
  equal(connection:send({ "more" }), false)
  connection:tick(10.4)
  equal({ connection.state, taken(connection) }, { "farewell", frames.encode(0, "farewell") })
  connection:tick(10.5)
  equal({ connection.state, connection.reason }, { "closed", "enough" })
end)

test("peers of 3.0, 3.1 and later are taken, older ones not", function()
  for _, version in ipairs({ { 3, 0 }, { 3, 1 }, { 3, 2 }, { 4, 0 } }) do
    local connection = served(client.greeting("NULL", version[1], version[2]) .. client.ready("DEALER"))
    equal(connection.state, "ready")
  end
  closes(client.greeting("NULL", 2, 0), "older than 3.0")
  closes(client.greeting("NULL", 1, 0), "older than 3.0")
end)

test("what is not ZMTP is noticed at the first byte that shows it", function()
  closes("G", "not ZMTP")
  closes("\255\0\0\0\0\0\0\0\0\0", "not ZMTP")
  closes(client.greeting("NULL", 2, 0):sub(1, 11), "older than 3.0")
end)

test("bytes may arrive one by one", function()
  local bytes = client.plain_opening(TOKEN) .. client.message("", ("x"):rep(300)) .. client.message("y")
  local connection, seen = zmtp.server(options({ mechanism = "PLAIN" }), 0), {}
  for position = 1, #bytes do
    connection:feed(bytes:sub(position, position), 0)
    for _, event in ipairs(read_all(connection)) do seen[#seen + 1] = event end
  end
  equal(seen, {
    { type = "ready" }, { type = "message", parts = { "", ("x"):rep(300) } }, { type = "message", parts = { "y" } },
  })
end)

test("many messages may arrive at once, and one is handled at a time", function()
  local connection = ready()
  connection:feed(client.message("a") .. client.message("b"), 0)
  equal(connection:next_event().parts, { "a" })
  equal(connection:next_event().parts, { "b" })
  equal(connection:next_event(), nil)
end)

test("frames of every length survive the way", function()
  for _, length in ipairs({ 0, 1, 254, 255, 256, 257, 65535, 65536 }) do
    local connection, body = ready(), ("z"):rep(length)
    connection:feed(client.message(body), 0)
    equal(connection:next_event().parts, { body })
    connection:send({ body })
    equal(taken(connection), client.message(body))
  end
end)

test("a short body may come in a long frame", function()
  local connection = ready()
  connection:feed("\2\0\0\0\0\0\0\0\1a", 0)
  equal(connection:next_event().parts, { "a" })
end)

local function closes_when_ready(bytes, reason, replaced)
  local connection = ready(replaced)
  connection:feed(bytes, 0)
  read_all(connection)
  equal(connection.state, "closed")
  contains(connection.reason, reason)
end

test("a frame over the bound closes before its body arrives", function()
  closes_when_ready("\2\0\0\0\0\0\1\0\1", "larger than 65536")
  closes_when_ready("\2\0\0\0\1\0\0\0\0", "larger than 65536")
  closes_when_ready("\2\255\255\255\255\255\255\255\255", "larger than 65536")
  closes_when_ready("\0\255", "larger than 100", { frame_bytes = 100 })
  closes_when_ready("\6\0\0\0\0\0\0\16\1", "larger than 4096")
end)

test("a message of too many parts closes", function()
  closes_when_ready(client.message("a", "b", "c"), "more than 2 parts")
  closes_when_ready(("\1\0"):rep(3), "more than 2 parts")
end)

test("frames that the RFC doesn't know close", function()
  closes_when_ready("\8\0", "reserved flags")
  closes_when_ready("\255", "reserved flags")
  closes_when_ready("\5\0", "MORE flag")
  closes_when_ready("\4\0", "malformed command")
  closes_when_ready("\4\2\5a", "malformed command")
end)

test("a command between the parts of a message is taken, as libzmq sends it", function()
  local connection = ready()
  connection:feed(frames.encode(frames.MORE, "") .. client.ping(0, "c") .. frames.encode(0, "b"), 0)
  equal(read_all(connection), { { type = "heartbeat" }, { type = "message", parts = { "", "b" } } })
end)

test("a PING is answered by a PONG with its context", function()
  local connection = ready()
  connection:feed(client.ping(10, "sixteen bytes !!"), 0)
  read_all(connection)
  equal(taken(connection), command.encode("PONG", "sixteen bytes !!"))
  closes_when_ready(client.ping(10, "seventeen bytes !"), "malformed PING")
  closes_when_ready(command.encode("PING", "\0"), "malformed PING")
end)

test("unknown commands are for newer peers and ignored", function()
  local connection = ready()
  connection:feed(command.encode("SUBSCRIBE", "x") .. command.encode("PONG") .. command.encode("Later"), 0)
  read_all(connection)
  equal(connection.state, "ready")
  closes_when_ready(command.encode("X-1"), "malformed command")
end)

test("a peer that reports an error is closed", function()
  closes_when_ready(command.encode("ERROR", command.short("tired")), "reported an error")
  closes(client.greeting("NULL") .. command.encode("ERROR", command.short("no")), "refused the handshake")
end)

test("a handshake has to be done in time", function()
  for _, start in ipairs({ "", "\255", client.greeting("NULL"), client.plain_opening("wrong") }) do
    local connection = served(start)
    connection:tick(1.99)
    holds(connection.state ~= "closed" or connection.reason:find("mechanism"))
    connection:tick(2)
    equal(connection.state, "closed")
  end
end)

test("we ask a quiet peer whether it is there, and close it when it does not say so", function()
  local connection = ready()
  connection:tick(0.9)
  equal(taken(connection), "")
  connection:tick(1)
  equal(taken(connection), command.encode("PING", "\0\0"))
  connection:feed(command.encode("PONG"), 2.5)
  read_all(connection)
  connection:tick(5.5)
  equal(connection.state, "ready")
  connection:tick(5.51)
  equal(connection.state, "closed")
  contains(connection.reason, "heartbeat timeout")
end)

test("a peer that is silent past its own ttl is closed", function()
  local connection = ready({ heartbeat_timeout_s = 100 })
  connection:feed(client.ping(15), 1)
  read_all(connection)
  connection:tick(2.5)
  equal(connection.state, "ready")
  connection:tick(2.6)
  contains(connection.reason, "ttl")
end)

test("a peer of 3.0 is neither asked nor judged by our timeout", function()
  local connection = served(client.greeting("NULL", 3, 0) .. client.ready("DEALER"))
  taken(connection)
  connection:tick(1000)
  equal(connection.state, "ready")
  equal(taken(connection), "")
end)

test("more waiting to be written than is allowed closes", function()
  local connection = ready({ pending_bytes = 1000 })
  equal(connection:send({ ("x"):rep(900) }), true)
  equal(connection:send({ ("x"):rep(900) }), false)
  contains(connection.reason, "wait to be written")
  equal(connection:send({ "x" }), false)
end)

test("a partial write goes on where it stopped", function()
  local connection = ready()
  connection:send({ "abc" })
  connection:send({ "def" })
  local sent = {}
  while connection.outbox.size > 0 do
    local head, offset = connection.outbox:peek()
    sent[#sent + 1] = head:sub(offset + 1, offset + 1)
    connection.outbox:wrote(1)
  end
  equal(table.concat(sent), client.message("abc") .. client.message("def"))
end)

test("a closed connection understands nothing more", function()
  local connection = ready()
  connection:fail("enough")
  connection:feed(client.message("a"), 0)
  equal(connection:next_event(), nil)
  equal(connection.reason, "enough")
end)

test("secrets are the same only when they are", function()
  holds(same_secret("abc", "abc") and same_secret("", ""))
  for _, given in ipairs({ "", "ab", "abd", "abcabc", "abca", "xbc" }) do holds(not same_secret("abc", given)) end
  holds(not same_secret("", "a"))
end)
