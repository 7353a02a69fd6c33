--- Traced commands: their results have the times of the execution.
local client = require("service_client")
local harness = require("harness")

local test, equal = harness.test, harness.equal

local NOW, ask, introduced, command = client.NOW, client.ask, client.introduced, client.command

local TRACEPARENT = "00-" .. ("a"):rep(32) .. "-" .. ("b"):rep(16) .. "-01"

test("a traced command's result has the times of its execution, its repeat the same", function()
  local service, peer, game = introduced()
  game.takes_s, game.clock_s = 0.0125, NOW + 0.0002
  local first = ask(service, peer, command("1", { traceparent = TRACEPARENT }))
  equal(first.times, { received = 1000000, started = 1000000.2, ended = 1000012.7 })
  equal(ask(service, peer, command("1")), first)
end)

test("a traced command that is refused or fails has times, one that was not begun has none", function()
  local service, peer = introduced()
  for _, name in ipairs({ "raise", "dance" }) do
    local answer = ask(service, peer, command(name, { name = name, traceparent = TRACEPARENT }))
    equal({ answer.error ~= nil, answer.times.ended }, { true, 1000000 }, name)
  end
  equal(ask(service, peer, command("late", { deadline = 999999, traceparent = TRACEPARENT })).times, nil)
end)

test("a traceparent that is none is refused", function()
  local service, peer, game = introduced()
  for _, wrong in ipairs({ "", "00-a-b-01", TRACEPARENT .. "0", TRACEPARENT:upper(), 5 }) do
    local answer = ask(service, peer, command("1", { traceparent = wrong }))
    equal({ answer.type, answer.error.code, answer.error.field }, { "error", "bad_message", "traceparent" })
  end
  equal(#game.ran, 0)
end)
