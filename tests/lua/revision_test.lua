--- The revision of a command: in results, in perceptions, and during a trip of its player.
local client = require("service_client")
local harness = require("harness")

local NOW, ask, introduced, command = client.NOW, client.ask, client.introduced, client.command
local equal, test = harness.equal, harness.test

local OBSERVE = { type = "observe", id = "o", player = "Timmy", sections = { "position" } }

test("numbers commands, and shows by that number what a perception includes", function()
  local service, peer, game = introduced()
  equal(ask(service, peer, command("1")).revision, 1)
  equal(ask(service, peer, OBSERVE).revision, 1)
  game.under_way[0] = 2
  equal(ask(service, peer, command("2")).revision, 2)
  equal({ service:revision_of(0, NOW), service:revision_of(1, NOW) }, { 1, 2 })
  equal(ask(service, peer, command("3")).revision, 3)
  equal(service:revision_of(0, NOW), 1)
  game.under_way[0] = nil
  equal(ask(service, peer, OBSERVE).revision, 3)
  equal(ask(service, peer, command("1")).revision, 1)
end)

test("numbers nothing that was declined", function()
  local service, peer = introduced()
  equal(ask(service, peer, command("1", { name = "dance" })).revision, nil)
end)

local function forever() return true end

test("pushes once after a command, though nothing of it shows, and not before its player has arrived", function()
  local service, peer, game = introduced()
  ask(service, peer, { type = "subscribe", id = "s", sections = { "position" }, players = { "Timmy" }, rate_hz = 20 })
  service:push(NOW, forever)
  local before = #peer.pushes
  game.under_way[0] = 1
  ask(service, peer, command("1"))
  service:push(NOW + 1, forever)
  equal(#peer.pushes, before)
  game.under_way[0] = nil
  service:push(NOW + 2, forever)
  service:push(NOW + 3, forever)
  local push = peer.pushes[#peer.pushes]
  equal({ #peer.pushes - before, push.revision, push.full, push.sections }, { 1, 1, false, {} })
end)

test("reads nothing of a place that is held, but what was read of it long ago", function()
  local service, peer, game = introduced()
  game.values[0].position = { x = 1 }
  equal(ask(service, peer, OBSERVE).sections.position, { x = 1 })
  game.values[0].position, game.held_since = { x = 2 }, NOW
  equal(ask(service, peer, OBSERVE, NOW + 0.1).sections.position, { x = 1 })
  game.held_since = NOW + 100
  equal(ask(service, peer, OBSERVE, NOW + 100).sections.position, { x = 2 })
end)

test("waits for a player whom the server itself sent elsewhere, and takes no command back for it", function()
  local service, peer, game = introduced()
  service.revision, game.under_way[0] = 7, false
  local before = #peer.answers
  ask(service, peer, OBSERVE)
  service:answer_late(NOW + 1)
  equal({ #peer.answers, service:revision_of(0, NOW) }, { before, 7 })
  game.under_way[0] = nil
  service:answer_late(NOW + 1)
  equal({ #peer.answers, service:revision_of(0, NOW) }, { before + 1, 7 })
end)

test("answers who asks for a player under way once it has arrived, or two seconds later as it was", function()
  local service, peer, game = introduced()
  game.under_way[0] = 1
  local before = #peer.answers
  ask(service, peer, OBSERVE)
  service:answer_late(NOW + 1)
  equal(#peer.answers, before)
  game.under_way[0] = nil
  service:answer_late(NOW + 1)
  service:answer_late(NOW + 1)
  equal({ #peer.answers - before, peer.answers[#peer.answers].type, peer.answers[#peer.answers].id },
    { 1, "perception", "o" })
  game.under_way[0] = 1
  ask(service, peer, OBSERVE)
  service:answer_late(NOW + 2.1)
  equal(#peer.answers - before, 2)
  for _ = 1, 70 do ask(service, peer, OBSERVE) end
  equal(#peer.answers - before, 2 + 6)
end)
