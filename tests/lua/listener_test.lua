local harness = require("harness")
local client = require("client")
local fakes = require("fakes")
local listeners = require("timmy.server.listener")

local test, equal, holds, contains = harness.test, harness.equal, harness.holds, harness.contains

local function forever() return true end

--- A socket that never was: `incoming` pieces to be read, `written` what was sent, `room` bytes it takes a call.
local function new_socket(...)
  local socket = { incoming = { ... }, written = "", room = math.huge, reads = 0 }
  function socket.settimeout() return 1 end
  function socket.setoption() return 1 end
  function socket.close() socket.closed = true end
  function socket.receive()
    socket.reads = socket.reads + 1
    local piece = table.remove(socket.incoming, 1)
    if piece == "EOF" then return nil, "closed", "" end
    return nil, "timeout", piece or ""
  end
  function socket.send(_, data, first)
    local last = math.min(#data, first - 1 + socket.room)
    socket.written = socket.written .. data:sub(first, last)
    if last < #data then return nil, "timeout", last end
    return last
  end
  return socket
end

local function new_server(waiting)
  local server = { waiting = waiting }
  function server.settimeout() return 1 end
  function server.getsockname() return "127.0.0.1", "7979" end
  function server.accept()
    local next_one = table.remove(server.waiting, 1)
    if type(next_one) == "string" then return nil, next_one end
    if not next_one then return nil, "timeout" end
    return next_one
  end
  return server
end

local function listen(waiting, limits, on_message, pauses)
  local got, log = {}, {}
  local chosen = fakes.limits(limits)
  chosen.mechanism = "NULL"
  local server = new_server(waiting)
  local listener = listeners.open({
    sockets = { bind = function() return server end },
    host = "127.0.0.1", port = 0, limits = chosen,
    accept_every_s = pauses and pauses.accept_every_s, push_every_s = pauses and pauses.push_every_s,
    on_message = on_message or function(peer, payload, delimited)
      got[#got + 1] = payload or "nothing"
      peer:answer("re: " .. tostring(payload), delimited)
    end,
    log = function(text) log[#log + 1] = text end,
  })
  return listener, got, log, server
end

local function poll(listener, now, within_budget)
  listener:read(now or 0, within_budget or forever)
  listener:accept(now or 0, forever)
  listener:write(now or 0)
end

test("an address that can't be had is a reason, not an error", function()
  local listener, why = listeners.open({
    sockets = { bind = function() return nil, "address already in use" end }, host = "h", port = 1,
  })
  equal({ listener, why }, { nil, "address already in use" })
end)

test("a message is answered in the same poll", function()
  local socket = new_socket(client.null_opening(), client.message("hi"))
  local listener, got = listen({ socket })
  equal(listener.port, 7979)
  for _ = 1, 3 do poll(listener) end
  equal(got, { "hi" })
  contains(socket.written, client.message("re: hi"))
end)

test("pushes of several polls are written at once, what is awaited in the same poll", function()
  local socket = new_socket(client.null_opening())
  local listener = listen({ socket }, nil, nil, { push_every_s = 0.004 })
  for _ = 1, 2 do poll(listener) end
  local function is_written(now, text, is_awaited)
    listener.peers[1]:push(text, is_awaited)
    poll(listener, now)
    return socket.written:sub(-#client.message(text)) == client.message(text)
  end
  equal({ is_written(1, "a"), is_written(1.001, "b"), is_written(1.002, "c", true) }, { true, false, true })
  equal({ is_written(1.003, "d"), is_written(1.007, "e") }, { false, true })
  contains(socket.written, client.message("a") .. client.message("b") .. client.message("c") .. client.message("d"))
end)

test("a handshake does not wait for others", function()
  local socket = new_socket(client.greeting("NULL"), client.ready("DEALER"))
  local listener = listen({ socket }, nil, nil, { push_every_s = 0.004 })
  for _, now in ipairs({ 1, 1.001, 1.002 }) do poll(listener, now) end
  equal(#socket.incoming, 0)
  contains(socket.written, "READY")
end)

test("the listener looks for new connections at its pace while there are peers", function()
  local waiting = { new_socket(client.null_opening()) }
  local listener = listen(waiting, nil, nil, { accept_every_s = 0.01 })
  poll(listener, 1)
  waiting[1] = new_socket(client.null_opening())
  poll(listener, 1.005)
  equal(#listener.peers, 1)
  poll(listener, 1.011)
  equal(#listener.peers, 2)
end)

test("a delimiter comes back where one came", function()
  local socket = new_socket(client.null_opening("REQ") .. client.message("", "hi"))
  local listener = listen({ socket })
  for _ = 1, 2 do poll(listener) end
  contains(socket.written, client.message("", "re: hi"))
end)

test("an empty message that comes first is a probe, a later one is a mistake", function()
  local socket = new_socket(client.null_opening() .. client.message("") .. client.message("hi") .. client.message(""))
  local listener, got = listen({ socket })
  for _ = 1, 4 do poll(listener) end
  equal(got, { "hi", "" })
end)

test("a message of two payloads has none", function()
  local socket = new_socket(client.null_opening() .. client.message("a", "b"))
  local listener, got = listen({ socket })
  for _ = 1, 2 do poll(listener) end
  equal(got, { "nothing" })
end)

test("what the kernel doesn't take is written later, in order", function()
  local socket = new_socket(client.null_opening() .. client.message("a") .. client.message("b"))
  socket.room = 7
  local listener = listen({ socket })
  for _ = 1, 40 do poll(listener) end
  local fast = new_socket(client.null_opening() .. client.message("a") .. client.message("b"))
  local other = listen({ fast })
  for _ = 1, 3 do poll(other) end
  equal(socket.written, fast.written)
end)

test("messages received before the connection closed are still handled", function()
  local socket = new_socket(client.null_opening() .. client.message("a") .. client.message("b"), "EOF")
  local listener, got = listen({ socket }, { messages_per_poll = 1 })
  for _ = 1, 10 do poll(listener) end
  equal(got, { "a", "b" })
  holds(socket.closed)
  equal(#listener.peers, 0)
end)

test("one peer too many is turned away, the others stay", function()
  local first, second = new_socket(client.null_opening()), new_socket()
  local listener, _, log, server = listen({ first }, { max_peers = 1 })
  for _ = 1, 2 do poll(listener) end
  server.waiting = { second }
  poll(listener)
  holds(second.closed and not first.closed)
  contains(log[1], "limits.max_peers")
end)

test("of those whose handshakes are done at once, as many stay as there are places", function()
  local sockets, open = {}, 0
  for index = 1, 5 do sockets[index] = new_socket(client.null_opening() .. client.message("hi")) end
  local listener, got = listen({ unpack(sockets) }, { max_peers = 3 })
  for _ = 1, 3 do poll(listener) end
  for _, socket in ipairs(sockets) do open = open + (socket.closed and 0 or 1) end
  equal({ open, #got }, { 3, 3 })
end)

--- A listener whose places for handshakes are taken, by four who say nothing and have been there for a second.
local function listen_among_strangers(limits)
  local strangers = {}
  for index = 1, 4 do strangers[index] = new_socket() end
  limits.max_handshakes = 4
  local listener, got, log, server = listen({ unpack(strangers) }, limits)
  poll(listener, 0)
  return listener, strangers, server, got, log
end

test("a silent connection is closed for a newcomer, the oldest first", function()
  local listener, strangers, server, got = listen_among_strangers({})
  server.waiting = { new_socket(client.null_opening() .. client.message("hi")), new_socket() }
  for _ = 1, 2 do poll(listener, 1) end
  holds(strangers[1].closed and strangers[2].closed and not strangers[3].closed and not strangers[4].closed)
  equal(got, { "hi" })
end)

test("a silent connection takes no place from ready peers", function()
  local listener, _, server, got = listen_among_strangers({ max_peers = 2 })
  local clients = { new_socket(client.null_opening()), new_socket(client.null_opening()) }
  server.waiting = { unpack(clients) }
  for _ = 1, 2 do poll(listener, 1) end
  for _ = 1, 50 do server.waiting[#server.waiting + 1] = new_socket() end
  for step = 1, 10 do poll(listener, 1 + step * 0.1) end
  for index, socket in ipairs(clients) do
    holds(not socket.closed)
    socket.incoming = { client.message("still here " .. index) }
  end
  poll(listener, 3)
  equal(#got, 2)
end)

test("a new connection is not closed for the next one, which waits in the backlog", function()
  local listener, strangers, server, _, log = listen_among_strangers({})
  server.waiting = { new_socket() }
  poll(listener, 0.019)
  equal({ #listener.peers, #server.waiting, #log }, { 4, 1, 0 })
  poll(listener, 0.021)
  equal(#server.waiting, 0)
  holds(strangers[1].closed)
end)

test("a failing accept is logged once a second and stops nothing", function()
  local socket = new_socket(client.null_opening() .. client.message("a"))
  local listener, got, log, server = listen({ socket })
  poll(listener, 0)
  for _ = 1, 100 do server.waiting[#server.waiting + 1] = "Too many open files" end
  for step = 0, 9 do poll(listener, step * 0.09) end
  equal(#log, 1)
  contains(log[1], "Too many open files")
  equal(got, { "a" })
  server.waiting = { new_socket() }
  poll(listener, 1.1)
  equal(#listener.peers, 2)
end)

test("an error in handling a message closes that peer only", function()
  local bad, good = new_socket(client.null_opening() .. client.message("bad")), new_socket(client.null_opening())
  local listener, _, log = listen({ bad, good }, {}, function(_, payload) error("broke on " .. payload) end)
  for _ = 1, 3 do poll(listener) end
  holds(bad.closed and not good.closed)
  contains(table.concat(log, "\n"), "broke on bad")
end)

test("TCP watches over a peer that can't be asked", function()
  local socket, options = new_socket(), {}
  function socket.setoption(_, name, on) options[name] = on end
  poll((listen({ socket })))
  equal(options, { ["tcp-nodelay"] = true, keepalive = true })
end)

test("garbage closes its peer and no other", function()
  local bad, good = new_socket("GET / HTTP/1.1\r\n\r\n"), new_socket(client.null_opening(), client.message("a"))
  local listener, got = listen({ bad, good })
  for _ = 1, 3 do poll(listener) end
  holds(bad.closed and not good.closed)
  equal(got, { "a" })
end)

test("a refused peer is told why before it is closed", function()
  local socket = new_socket(client.null_opening("PUB"))
  local listener = listen({ socket })
  for _ = 1, 3 do poll(listener) end
  contains(socket.written, "connect a DEALER or REQ socket")
  holds(socket.closed)
end)

local WRONG = ("w"):rep(20)

local function listen_to_guessers(waiting)
  local listener, got, log, server = listen(waiting, { max_handshakes = 4, refusal_delay_s = 0.5 })
  listener.limits.mechanism = "PLAIN"
  listener.limits.tokens = { { secret = ("r"):rep(20), scopes = {} } }
  return listener, got, log, server
end

test("who guessed a token and left keeps its place for the whole delay", function()
  local guessers = {}
  for index = 1, 4 do guessers[index] = new_socket(client.plain_opening(WRONG), "EOF") end
  local listener, got, _, server = listen_to_guessers({ unpack(guessers) })
  for step = 0, 4 do poll(listener, step / 100) end
  server.waiting = { new_socket(client.plain_opening(WRONG)) }
  for step = 5, 49 do poll(listener, step / 100) end
  equal({ #listener.peers, #server.waiting }, { 4, 1 })
  for step = 51, 60 do poll(listener, step / 100) end
  equal({ #server.waiting, #listener.peers }, { 0, 1 })
  equal(got, {})
end)

test("a peer with a wrong token is not closed for a newcomer, and a silent one is", function()
  local guesser, mute = new_socket(client.plain_opening(WRONG)), new_socket()
  local listener, got, _, server = listen_to_guessers({ guesser, mute, new_socket(), new_socket() })
  for step = 0, 3 do poll(listener, step / 100) end
  server.waiting = { new_socket(client.plain_opening(("r"):rep(20)) .. client.message("hi")) }
  for step = 4, 9 do poll(listener, step / 100) end
  holds(mute.closed and not guesser.closed)
  equal(got, { "hi" })
end)

test("a mute peer is closed when the handshake's time is over", function()
  local socket = new_socket()
  local listener = listen({ socket })
  poll(listener, 0)
  poll(listener, 1.9)
  holds(not socket.closed)
  poll(listener, 2)
  holds(socket.closed)
end)

test("a server that stood still does not take its clients for silent", function()
  local socket = new_socket(client.null_opening())
  local listener = listen({ socket })
  for _ = 1, 2 do poll(listener, 0) end
  socket.incoming = { client.ping(0) }
  poll(listener, 60)
  holds(not socket.closed)
end)

test("a peer that sends without end waits its turn", function()
  local flood = {}
  for index = 1, 50 do flood[index] = client.message("flood") end
  local busy = new_socket(client.null_opening() .. table.concat(flood))
  local other = new_socket(client.null_opening() .. client.message("other"))
  local listener, got = listen({ busy, other }, { messages_per_poll = 10 })
  for _ = 1, 2 do poll(listener) end
  local others_place
  for place, payload in ipairs(got) do others_place = payload == "other" and place or others_place end
  holds(others_place and others_place <= 11)
  for _ = 1, 10 do poll(listener) end
  equal(#got, 51)
end)

test("when the budget runs out the next poll begins with those who were not reached", function()
  local waiting, served = {}, {}
  for index = 1, 4 do waiting[index] = new_socket() end
  local sockets = { unpack(waiting) }
  local listener = listen(waiting)
  poll(listener)
  for turn = 1, 8 do
    listener:read(0, function() return false end)
    served[turn] = 0
    for _, socket in ipairs(sockets) do served[turn] = served[turn] + socket.reads end
  end
  for _, socket in ipairs(sockets) do equal(socket.reads, 2) end
  equal(served[8], 8)
end)

test("a peer whose messages are not handled yet is not read further", function()
  local many = {}
  for index = 1, 100 do many[index] = client.message(("x"):rep(400)) end
  local socket = new_socket(client.null_opening(), table.concat(many, "", 1, 50), table.concat(many, "", 51))
  local listener = listen({ socket }, { frame_bytes = 1000, messages_per_poll = 1 })
  for _ = 1, 5 do poll(listener) end
  equal(#socket.incoming, 1)
end)

test("closing the listener closes everything", function()
  local socket = new_socket()
  local listener, _, _, server = listen({ socket })
  function server.close() server.closed = true end
  poll(listener)
  listener:close()
  holds(socket.closed and server.closed)
end)
