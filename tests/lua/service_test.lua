local client = require("service_client")
local declarations = require("timmy.wire.declarations")
local harness = require("harness")
local json = require("timmy.wire.json")
local protocol = require("timmy.wire.protocol")

local test, equal, holds, contains = harness.test, harness.equal, harness.holds, harness.contains

local NOW, new_peer, new_service, ask = client.NOW, client.new_peer, client.new_service, client.ask
local introduced, command = client.introduced, client.command

test("hello is answered by welcome", function()
  local service = new_service({}, true)
  local welcome = ask(service, new_peer(), { type = "hello", id = "h", client = "tester" })
  equal({ welcome.type, welcome.id, welcome.protocol, welcome.boot }, { "welcome", "h", 1, "b00t" })
  equal({ welcome.now, welcome.remember_s }, { 1000000, 600 })
  equal(welcome.server.features, { "dedupe", "revision", "raw" })
  equal(welcome.server.events, protocol.EVENTS)
  equal(welcome.server.bots_at, nil)
end)

test("before hello everything else is refused", function()
  local service, game = new_service()
  for _, message in ipairs({ { type = "ping", id = "1" }, command("1") }) do
    local answer = ask(service, new_peer(), message)
    equal({ answer.type, answer.id, answer.error.code }, { "error", "1", "bad_message" })
    contains(answer.error.message, "say hello first")
  end
  equal(#game.ran, 0)
end)

test("another protocol version is refused with ours", function()
  local answer = ask(new_service(), new_peer(), { type = "hello", id = "h", client = "c", protocol = 3 })
  equal({ answer.error.code, answer.error.field, answer.id }, { "unsupported_version", "protocol", "h" })
end)

test("a hello closes an older connection of the same client, and no other", function()
  local service, older = introduced()
  local other, newer = new_peer(), new_peer()
  ask(service, other, { type = "hello", id = "h", client = "other" })
  ask(service, newer, { type = "hello", id = "h", client = "tester" })
  holds(older.closed and not other.closed and not newer.closed)
  equal(older.pushes, { { type = "error", error = {
    code = "not_permitted", message = "another connection said hello as this client", field = "client",
  } } })
  equal({ #other.pushes, #newer.pushes }, { 0, 0 })
  service:on_close(older)
  ask(service, newer, { type = "hello", id = "again", client = "tester" })
  holds(not newer.closed)
end)

test("a REQ peer whose client connected again gets no message without a request", function()
  local service = new_service()
  local older = new_peer("REQ")
  ask(service, older, { type = "hello", id = "h", client = "tester" })
  ask(service, new_peer(), { type = "hello", id = "h", client = "tester" })
  holds(older.closed and #older.pushes == 0)
end)

test("a client's connections are forgotten when they close", function()
  local service, peer = introduced()
  service:on_close(peer)
  service:on_close(peer)
  equal(service:peer_count(), 0)
  equal(next(service.by_client), nil)
end)

test("what is no message is answered with why", function()
  local service, peer = introduced()
  for _, text in ipairs({ "", "[]", "5", "null", '{"type":5}', '{"type":"dance","id":"x"}', "\255", '{"id":"x"}' }) do
    local answer = ask(service, peer, text)
    equal({ answer.type, answer.error.code }, { "error", "bad_message" }, text)
  end
  service:on_message(peer, nil, false, NOW)
  contains(peer.answers[#peer.answers].error.message, "one frame")
end)

test("a command is run once, and its repeat is answered from memory", function()
  local service, peer, game = introduced()
  local first = ask(service, peer, command("1"))
  equal(first, { type = "result", id = "1", revision = 1, game_ms = 1000000, value = { times = 1 } })
  equal(ask(service, peer, command("1")), first)
  equal(#game.ran, 1)
  local context = { revision = 1, raw = false, chat_command = true, operate = false }
  equal(game.ran[1], { arguments = { player = "Timmy" }, context = context })
end)

test("a repeat is answered before its deadline is looked at, from another connection too", function()
  local service, peer, game = introduced()
  local first = ask(service, peer, command("1"))
  local later = new_peer()
  ask(service, later, { type = "hello", id = "h", client = "tester" })
  equal(ask(service, later, command("1"), NOW + 500), first)
  equal(#game.ran, 1)
end)

test("the same id of another client is another command", function()
  local service, peer, game = introduced()
  local other = new_peer()
  ask(service, other, { type = "hello", id = "h", client = "other" })
  ask(service, peer, command("1"))
  ask(service, other, command("1"))
  equal(#game.ran, 2)
end)

test("past its deadline a command is not run", function()
  local service, peer, game = introduced()
  local answer = ask(service, peer, command("1", { deadline = 999999 }))
  equal(answer.error.code, "expired")
  equal(#game.ran, 0)
  equal(ask(service, peer, command("2", { deadline = 1000000 })).value, { times = 1 })
end)

test("a full memory means overloaded, and old repeats are still answered", function()
  local service, peer, game = introduced({ remembered = 2 })
  ask(service, peer, command("1"))
  ask(service, peer, command("2"))
  equal(ask(service, peer, command("3")).error.code, "overloaded")
  equal(#game.ran, 2)
  equal(ask(service, peer, command("1")).value, { times = 1 })
  equal(ask(service, peer, command("3", { deadline = 2e6 }), NOW + 600).value, { times = 3 })
end)

--- A client with a token of that number.
local function with_token(service, number, scopes, name)
  local peer = new_peer("DEALER", scopes)
  peer.token_number = number
  ask(service, peer, { type = "hello", id = "h", client = name or "tester" })
  return peer
end

local WEAKER = { observe = true, act = true }

test("another token reads no result of a client that is away, and takes none from it", function()
  local service, game = new_service()
  local strong = with_token(service, 1)
  ask(service, strong, command("1"))
  service:on_close(strong)
  local weak = with_token(service, 2, WEAKER)
  equal({ ask(service, weak, command("1")).value, #game.ran }, { { times = 2 }, 2 })
  ask(service, weak, command("2"))
  service:on_close(weak)
  equal(ask(service, with_token(service, 1), command("2")).value, { times = 4 })
  equal(ask(service, with_token(service, 1), command("1")).value, { times = 1 })
end)

test("another command under an id is refused, and not answered with the first one's result", function()
  local service, peer, game = introduced()
  ask(service, peer, command("1"))
  local other = ask(service, peer, command("1", { arguments = { player = "Timmy", text = "another" } }))
  equal({ other.error.code, other.error.field, #game.ran }, { "bad_arguments", "id", 1 })
  equal(ask(service, peer, command("1", { name = "raise" })).error.code, "bad_arguments")
  equal(ask(service, peer, command("1")).value, { times = 1 })
end)

test("a connection that takes ever new names fills its own token's share and no more", function()
  local service = new_service({ remembered = 160 })
  local wild = with_token(service, 1, WEAKER, "wild-0")
  local kept = 0
  for number = 1, 300 do
    ask(service, wild, { type = "hello", id = "h", client = "wild-" .. number })
    if ask(service, wild, command("1")).value then kept = kept + 1 end
  end
  equal(kept, 150)
  local calm = with_token(service, 2, WEAKER, "calm")
  for number = 1, 10 do equal(ask(service, calm, command(tostring(number))).error, nil) end
end)

test("a refusal uses no memory, and a repeat runs again", function()
  local service, peer = introduced({ remembered = 2 })
  for number = 1, 50 do
    equal(ask(service, peer, command(tostring(number), { name = "nothing like it" })).error.code, "unknown_command")
  end
  equal(service.memory.count, 0)
  equal(ask(service, peer, command("1")).value, { times = 1 })
end)

test("long answers mean overloaded before their number does", function()
  local service, peer, game = introduced({ remembered_bytes = 180 })
  for number = 1, 3 do ask(service, peer, command(tostring(number))) end
  equal(peer.answers[#peer.answers].error.code, "overloaded")
  equal(#game.ran, 2)
end)

test("a command that breaks is an answer and a log line", function()
  local service, peer, _, log = introduced()
  equal(ask(service, peer, command("1", { name = "raise" })).error.code, "internal")
  contains(log[1], "a command broke")
  equal(ask(service, peer, command("2", { name = "infinite" })).error.code, "internal")
end)

test("an unknown command is refused by name", function()
  local service, peer = introduced()
  local answer = ask(service, peer, command("1", { name = "dance" }))
  equal({ answer.type, answer.error.code, answer.error.field }, { "result", "unknown_command", "name" })
end)

test("observe returns every section unless it names some", function()
  local service, peer, game = introduced()
  local answer = ask(service, peer, { type = "observe", id = "o", player = "Jiub" })
  equal({ answer.type, answer.id, answer.seq, answer.pid, answer.full }, { "perception", "o", nil, 1, true })
  for _, section in ipairs(declarations.SECTIONS) do equal(answer.revisions[section], 1) end
  game.values[1].world = { hour = 3 }
  answer = ask(service, peer, { type = "observe", id = "o", player = "Jiub", sections = { "world" } }, NOW + 1)
  equal({ answer.sections, answer.revisions }, { { world = { hour = 3 } }, { world = 2 } })
end)

test("a client that tries many radii causes no repeated sections without a radius", function()
  local service, peer, game = introduced()
  ask(service, peer, { type = "subscribe", id = "s", players = { "Timmy" }, sections = { "stats", "world" } })
  service:push(NOW, function() return true end)
  for radius = 1, 200 do
    local observe = { type = "observe", id = "o", player = "Timmy", sections = { "nearby_actors" }, radius = radius }
    equal(ask(service, peer, observe).type, "perception")
  end
  service:push(NOW + 1, function() return true end)
  equal(#peer.pushes, 1)
  holds(service.readings.players[0].views <= 64, "readings are kept without a bound")
  game.values[0].world = { hour = 1 }
  service:push(NOW + 2, function() return true end)
  equal(peer.pushes[2].sections, { world = { hour = 1 } })
end)

test("the game time at which a frozen world stands is pushed once, also if nothing changed", function()
  local service, peer = introduced()
  local game_s = 5
  service.game_now = function() return game_s end
  ask(service, peer, { type = "subscribe", id = "s", players = { "Timmy" }, sections = { "world" } })
  local function poll(at) service:push(NOW + at, function() return true end) end
  poll(0)
  game_s = 6
  poll(1)
  equal(#peer.pushes, 1) -- the time passes: what has not changed is not pushed
  for at = 2, 4 do poll(at) end
  equal(#peer.pushes, 2)
  equal({ peer.pushes[2].game_ms, peer.pushes[2].full, peer.pushes[2].sections }, { 6000, false, {} })
end)

test("a section that is asked for a thousand times over is read once", function()
  local service, peer, game = introduced()
  local named = {}
  for position = 1, 1000 do named[position] = "nearby_actors" end
  local answer = ask(service, peer, { type = "observe", id = "o", player = "Timmy", sections = named })
  equal({ answer.type, answer.revisions, game.reads }, { "perception", { nearby_actors = 1 }, 1 })
end)

test("observe of an unknown player is refused with its id", function()
  local service, peer = introduced()
  local answer = ask(service, peer, { type = "observe", id = "o", player = "Nobody" })
  equal({ answer.type, answer.id, answer.error.code }, { "error", "o", "no_such_player" })
end)

test("a section that can't be read is logged, and affects no other", function()
  local service, peer, game, log = introduced()
  game.values[0].stats = function() error("no stats today") end
  local answer = ask(service, peer, { type = "observe", id = "o", player = "Timmy" })
  equal(answer.error.code, "internal")
  contains(log[1], "no stats today")
end)

test("a REQ gets answers with its delimiter, and no subscription", function()
  local service = new_service()
  local peer = new_peer("REQ")
  service:on_message(peer, '{"type":"hello","id":"h","client":"c"}', true, NOW)
  equal(peer.delimiters[1], true)
  local answer = ask(service, peer, { type = "subscribe", id = "s", sections = json.array({}) })
  equal({ answer.type, answer.id, answer.error.code }, { "error", "s", "not_permitted" })
end)

test("events go to those who asked for them, numbered with the perceptions", function()
  local service, peer = introduced()
  ask(service, peer, {
    type = "subscribe", id = "s", sections = { "world" }, events = { "chat" }, players = { "Timmy" },
  })
  service:push(NOW, function() return true end)
  service:emit("chat", 0, "Timmy", { text = "hi" }, NOW)
  service:emit("chat", 1, "Jiub", { text = "hi" }, NOW)
  service:emit("death", 0, "Timmy", { killer = json.null }, NOW)
  equal(#peer.pushes, 2)
  equal({ peer.pushes[1].seq, peer.pushes[2].seq }, { 1, 2 })
  equal(peer.pushes[2], {
    type = "event", event = "chat", player = "Timmy", pid = 0, now = 1000000, data = { text = "hi" }, seq = 2,
  })
end)

test("a second subscribe starts full again", function()
  local service, peer = introduced()
  local message = { type = "subscribe", id = "s", sections = { "world", "world" } }
  equal(ask(service, peer, message).sections, { "world" })
  service:push(NOW, function() return true end)
  ask(service, peer, message, NOW + 1)
  service:push(NOW + 1, function() return true end)
  for _, push in ipairs(peer.pushes) do equal(push.full, true) end
  equal(#peer.pushes, 4)
end)

test("pong carries what the sections cost, and each subscriber's pushes", function()
  local service, peer, game = introduced()
  ask(service, peer, { type = "subscribe", id = "s", players = "all", sections = { "position" }, rate_hz = 10 })
  ask(service, peer, { type = "ping", id = "p" })
  game.values[0].position = function()
    game.clock_s = game.clock_s + 0.003
    return { x = 1 }
  end
  service:push(NOW + 0.5, function() return true end)
  local load = ask(service, peer, { type = "ping", id = "p" }, NOW + 2).load
  equal(load.sections.position.reads, 2)
  holds(math.abs(load.sections.position.ms - 3) < 1e-6)
  local subscriber = load.subscribers[1]
  equal({ subscriber.client, subscriber.interval_s, subscriber.pushes }, { "tester", 2, 2 })
  holds(subscriber.bytes > 100 and subscriber.late_max_ms >= subscriber.late_ms)
  equal(ask(service, peer, { type = "ping", id = "p" }, NOW + 4).load.sections, {})
end)

test("pong carries the load since the last pong of this client", function()
  local service, peer = introduced()
  service:note_load(0.001, 0.0002)
  service:note_load(0.003, 0.0004)
  local pong = ask(service, peer, { type = "ping", id = "p" })
  holds(math.abs(pong.load.tick_ms - 2) < 1e-9 and pong.load.tick_max_ms == 3)
  holds(math.abs(pong.load.poll_ms - 0.3) < 1e-9 and pong.load.poll_max_ms == 0.4)
  equal(ask(service, peer, { type = "ping", id = "p" }).load.tick_max_ms, 0)
end)

test("what is seen of a slot's new player never passes for what was sent of the one before", function()
  local service, peer, game = introduced()
  game.values[0].stats = { level = 1 }
  equal(ask(service, peer, { type = "observe", id = "o", player = "Timmy", sections = { "stats" } }).revisions.stats, 1)
  service.readings:keep({})
  game.values[0].stats = { level = 2 }
  equal(ask(service, peer, { type = "observe", id = "o", player = "Timmy", sections = { "stats" } }).revisions.stats, 2)
end)

test("nothing is sent about a player who left, even when another gets the slot at once", function()
  local service, peer, game = introduced()
  ask(service, peer, { type = "subscribe", id = "s", players = { "Timmy" }, sections = { "stats" }, rate_hz = 20 })
  service:push(NOW, function() return true end)
  equal(#peer.pushes, 1)
  game.roster, game.values[0].stats = { { pid = 0, name = "Fargoth" } }, { level = 50 }
  service:emit("disconnect", 0, "Timmy", json.object({}), NOW + 0.05)
  service:push(NOW + 0.06, function() return true end)
  equal(#peer.pushes, 1)
end)

test("a section that is too long for the wire is omitted, and the rest is sent", function()
  local service, peer, game, log = introduced()
  game.values[0].journal, game.values[0].stats = { text = ("x"):rep(600000) }, { level = 2 }
  ask(service, peer, { type = "subscribe", id = "s", players = { "Timmy" }, sections = { "journal", "stats" } })
  service:push(NOW, function() return true end)
  equal(peer.pushes[1].sections, { stats = { level = 2 } })
  contains(log[1], "section journal of Timmy can't be sent")
end)
