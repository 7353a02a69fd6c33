--- What a token's scopes allow.
local client = require("service_client")
local harness = require("harness")

local test, equal, holds, contains = harness.test, harness.equal, harness.holds, harness.contains

local new_peer, new_service, ask = client.new_peer, client.new_service, client.ask
local introduced, command = client.introduced, client.command

local function limited(scopes, allow_raw)
  local service, game = new_service(nil, allow_raw)
  local peer = new_peer("DEALER", scopes)
  return service, peer, game, ask(service, peer, { type = "hello", id = "h", client = "tester" })
end

local SUBSCRIBE = { type = "subscribe", id = "s", sections = { "position" } }
local OBSERVE = { type = "observe", id = "o", player = "Timmy", sections = { "position" } }

test("a token with fewer scopes can't take over the name of a connected client", function()
  local service, daemon = introduced({}, "timmy")
  local dashboard = new_peer("DEALER", { observe = true })
  local answer = ask(service, dashboard, { type = "hello", id = "h", client = "timmy" })
  equal({ answer.type, answer.id, answer.error.code, answer.error.field }, { "error", "h", "not_permitted", "client" })
  equal({ daemon.closed, ask(service, daemon, { type = "ping", id = "p" }).type }, { nil, "pong" })
  equal(ask(service, dashboard, { type = "hello", id = "h2", client = "dashboard" }).type, "welcome")
  equal(ask(service, new_peer("DEALER"), { type = "hello", id = "h", client = "dashboard" }).type, "welcome")
  holds(dashboard.closed, "two clients of one name")
end)

test("a token that may only observe gives no command, and one that may only act sees nothing", function()
  local service, peer, game, welcome = limited({ observe = true })
  equal(welcome.server.scopes, { "observe" })
  equal(ask(service, peer, SUBSCRIBE).type, "subscribed")
  equal(ask(service, peer, OBSERVE).type, "perception")
  local answer = ask(service, peer, command("1"))
  equal({ answer.type, answer.id, answer.error.code }, { "result", "1", "not_permitted" })
  contains(answer.error.message, '"act"')
  equal(#game.ran, 0)

  service, peer, game = limited({ act = true })
  for _, message in ipairs({ SUBSCRIBE, OBSERVE }) do
    answer = ask(service, peer, message)
    equal({ answer.type, answer.id, answer.error.code }, { "error", message.id, "not_permitted" })
  end
  equal(ask(service, peer, command("1")).value, { times = 1 })
  equal(ask(service, peer, { type = "ping", id = "p" }).type, "pong")
  equal(#game.ran, 1)
end)

test("what reaches everything needs the scope and the operator's setting", function()
  for _, case in ipairs({ { true, true, true }, { true, false, false }, { false, true, false } }) do
    local has_scope, allowed, expected = unpack(case)
    local service, peer, game, welcome = limited({ act = true, raw = has_scope or nil }, allowed)
    equal(welcome.server.scopes, expected and { "act", "raw" } or { "act" })
    ask(service, peer, command("1"))
    equal(game.ran[1].context, { revision = 1, raw = expected, chat_command = false, operate = false })
  end
end)

test("chat commands need their own scope: neither acting nor what reaches everything gives it", function()
  for _, case in ipairs({ { { act = true, raw = true }, false }, { { act = true, chat_command = true }, true } }) do
    local service, peer, game = limited(case[1], true)
    ask(service, peer, command("1"))
    equal(game.ran[1].context.chat_command, case[2])
  end
end)
