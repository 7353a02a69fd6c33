local deferred = require("timmy.server.deferred")
local fakes = require("fakes")
local harness = require("harness")
local json = require("timmy.wire.json")
local services = require("timmy.server.service")
local waiting = require("timmy.server.waiting")

local test, equal, holds = harness.test, harness.equal, harness.holds

local NOW = 1000 -- seconds on the server's clock: 1,000,000 ms
local DEADLINE_MS = 1005000

local function new_peer()
  local peer = { answers = {}, delimiters = {} }
  function peer.only_answers() return false end
  function peer.is_ready() return not peer.closed end
  function peer.may() return true end
  function peer.answer(_, text, delimited)
    if peer.closed then return end
    peer.answers[#peer.answers + 1], peer.delimiters[#peer.delimiters + 1] = json.decode(text), delimited
  end
  function peer.finish(_, reason) peer.closed = reason end
  return peer
end

local function say(service, peer, message, delimited)
  service:on_message(peer, json.encode(message), delimited or false, NOW)
end

local function new_service()
  local game = fakes.new_game()
  local options = fakes.services(game)
  options.boot, options.server_version, options.tick_ms, options.allow_raw = "b00t", "0.8.1", 1, false
  options.limits, options.log = fakes.limits(), function() end
  return services.new(options), game
end

local function introduce(service, name)
  local peer = new_peer()
  say(service, peer, { type = "hello", id = "h", client = name or "tester" })
  peer.answers, peer.delimiters = {}, {}
  return peer
end

local function asking(id)
  return { type = "command", id = id or "1", name = "ask", arguments = { player = "Timmy" }, deadline = DEADLINE_MS }
end

test("answers a command when its answer has come, and not before", function()
  local service, game = new_service()
  local peer = introduce(service)
  say(service, peer, asking())
  service:answer_late(NOW)
  equal(peer.answers, {})
  game.outcomes[1]:settle({ choice = "Yes" })
  service:answer_late(NOW + 1)
  local answer = { type = "result", id = "1", revision = 2, game_ms = (NOW + 1) * 1000, value = { choice = "Yes" } }
  equal(peer.answers, { answer })
  service:answer_late(NOW + 2)
  equal(#peer.answers, 1)
end)

test("runs other commands at the same time", function()
  local service = new_service()
  local peer = introduce(service)
  say(service, peer, asking())
  say(service, peer, { type = "command", id = "2", name = "message", arguments = {}, deadline = DEADLINE_MS })
  equal({ #peer.answers, peer.answers[1].id }, { 1, "2" })
end)

test("lets a repeat wait for the first, each answered as it asked", function()
  local service, game = new_service()
  local peer = introduce(service)
  say(service, peer, asking(), true)
  say(service, peer, asking(), false)
  equal(#game.outcomes, 1)
  game.outcomes[1]:settle({ choice = "Yes" })
  service:answer_late(NOW)
  equal(peer.delimiters, { true, false })
  equal(peer.answers[1], peer.answers[2])
  say(service, peer, asking())
  equal({ #game.outcomes, #peer.answers }, { 1, 3 })
  equal(peer.answers[3], peer.answers[1])
end)

test("reports the times of a traced command that waits, until its answer has come", function()
  local service, game = new_service()
  local peer, message = introduce(service), asking()
  message.traceparent = "00-" .. ("a"):rep(32) .. "-" .. ("b"):rep(16) .. "-01"
  say(service, peer, message)
  game.outcomes[1]:settle({ choice = "Yes" })
  game.clock_s = NOW + 2.0004
  service:answer_late(NOW + 2)
  local began = NOW * 1000
  equal(peer.answers[1].times, { received = began, started = began, ended = began + 2000.4 })
end)

test("answers a client that came again on the new connection only", function()
  local service, game = new_service()
  local old = introduce(service)
  say(service, old, asking())
  old.closed = true
  service:on_close(old)
  local new = introduce(service)
  say(service, new, asking())
  game.outcomes[1]:settle({ choice = "Yes" })
  service:answer_late(NOW)
  equal({ #game.outcomes, #old.answers, #new.answers }, { 1, 0, 1 })
end)

test("keeps the result for a client that is not there when it comes", function()
  local service, game = new_service()
  local old = introduce(service)
  say(service, old, asking())
  old.closed = true
  service:on_close(old)
  game.outcomes[1]:settle(nil, { code = "no_such_player", message = "left" })
  service:answer_late(NOW)
  local new = introduce(service)
  say(service, new, asking())
  equal({ #game.outcomes, new.answers[1].error.code }, { 1, "no_such_player" })
end)

test("takes the same id of another client for another command", function()
  local service, game = new_service()
  say(service, introduce(service, "one"), asking())
  say(service, introduce(service, "other"), asking())
  equal(#game.outcomes, 2)
end)

test("is expired past its deadline, and stays so when the answer comes after it", function()
  local service, game = new_service()
  local peer = introduce(service)
  say(service, peer, asking())
  service:answer_late(DEADLINE_MS / 1000)
  equal(#peer.answers, 0)
  service:answer_late(DEADLINE_MS / 1000 + 0.002)
  equal({ peer.answers[1].error.code, peer.answers[1].error.field }, { "expired", "deadline" })
  game.outcomes[1]:settle({ choice = "Yes" })
  say(service, peer, asking())
  equal(peer.answers[2], peer.answers[1])
end)

test("bounds how many may wait for one command, not counting those who left", function()
  local list, gone = waiting.new(), { peer = { is_ready = function() return false end } }
  local there = { peer = { is_ready = function() return true end } }
  list:add("tester", asking(), deferred.new(), gone)
  for _ = 1, waiting.MOST_ASKERS do holds(select(2, list:join("tester", "1", there))) end
  equal({ list:join("tester", "1", there) }, { true, false })
  local service = new_service()
  local peer = introduce(service)
  for _ = 0, waiting.MOST_ASKERS do say(service, peer, asking()) end
  equal({ #peer.answers, peer.answers[1].error.code }, { 1, "overloaded" })
end)
