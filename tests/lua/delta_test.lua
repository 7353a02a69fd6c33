local harness = require("harness")
local fakes = require("fakes")
local delta = require("timmy.server.delta")
local json = require("timmy.wire.json")
local services = require("timmy.server.service")

local test, equal, holds = harness.test, harness.equal, harness.holds

local SECTIONS = { "position", "stats", "inventory", "world" }
local function forever() return true end

test("a section whose reading failed is not among the changed", function()
  equal(delta.changed({ "a", "b", "c" }, { a = 1, c = 2 }, { a = 1 }), { "c" })
end)

--- A peer that keeps what it is pushed; `stalled` makes its backlog too long.
local function new_peer()
  local peer = { got = {}, stalled = false }
  function peer.only_answers() return false end
  function peer.may() return true end
  function peer.is_ready() return true end
  function peer.backlog() return peer.stalled and 1e9 or 0 end
  function peer.answer() return true end
  function peer:push(text)
    self.got[#self.got + 1] = json.decode(text)
    return true
  end
  return peer
end

local function new_service(game)
  local options = fakes.services(game)
  options.limits, options.log = fakes.limits(), function(_, text) error(text) end
  return services.new(options)
end

local function subscribe(service, peer, rate)
  local message = json.encode({
    type = "subscribe", id = "s", sections = SECTIONS, rate_hz = rate, players = { "Timmy" },
  })
  service:on_message(peer, '{"type":"hello","id":"h","client":"c' .. tostring(peer):gsub("%W", "") .. '"}', false, 0)
  service:on_message(peer, message, false, 0)
end

local function change_something(game)
  local section = SECTIONS[math.random(#SECTIONS)]
  local choices = {
    json.array({}), json.object({}), { n = math.random(3) }, { list = { math.random(2), { x = math.random(2) } } },
  }
  game.values[0][section] = { value = choices[math.random(#choices)] }
end

local function apply(state, push)
  if push.full then state = {} end
  for name, value in pairs(push.sections) do state[name] = value end
  return state
end

local function full_now(service, peer)
  local seen
  local before = peer.answer
  function peer.answer(_, text) seen = json.decode(text) end
  local message = json.encode({ type = "observe", id = "o", player = "Timmy", sections = SECTIONS })
  service:on_message(peer, message, false, 1e6)
  peer.answer = before
  return seen.sections
end

test("a full snapshot merged with the deltas after it is the next full snapshot", function()
  math.randomseed(42)
  for _ = 1, 30 do
    local game = fakes.new_game()
    local service, fast, slow = new_service(game), new_peer(), new_peer()
    subscribe(service, fast, 20)
    subscribe(service, slow, 7)
    for step = 1, 60 do
      if math.random() < 0.5 then change_something(game) end
      fast.stalled, slow.stalled = math.random() < 0.3, math.random() < 0.6
      service:push(step * 0.05, forever)
    end
    fast.stalled, slow.stalled = false, false
    service:push(100, forever)
    for _, peer in ipairs({ fast, slow }) do
      local state = {}
      for number, push in ipairs(peer.got) do
        equal(push.seq, number)
        equal(push.full, number == 1)
        state = apply(state, push)
      end
      equal(json.encode(state), json.encode(full_now(service, peer)))
    end
  end
end)

test("nothing that changed means no push", function()
  local game = fakes.new_game()
  local service, peer = new_service(game), new_peer()
  subscribe(service, peer, 20)
  for step = 1, 100 do service:push(step * 0.05, forever) end
  equal(#peer.got, 1)
end)

test("a slow reader gets one push of the newest state, not all of those between", function()
  local game = fakes.new_game()
  local service, peer = new_service(game), new_peer()
  subscribe(service, peer, 20)
  service:push(0, forever)
  peer.stalled = true
  for step = 1, 50 do
    game.values[0].world = { hour = step }
    service:push(step * 0.05, forever)
  end
  peer.stalled = false
  service:push(2.6, forever)
  equal(#peer.got, 2)
  equal(peer.got[2].sections, { world = { hour = 50 } })
  equal(peer.got[2].seq, 2)
end)

test("clients with the same wish share the reading", function()
  local game = fakes.new_game()
  local service = new_service(game)
  for _ = 1, 5 do subscribe(service, new_peer(), 10) end
  service:push(0, forever)
  local before = game.reads
  for step = 1, 100 do service:push(step * 0.01, forever) end
  equal(game.reads - before, 10 * #SECTIONS)
end)

test("a budget that runs out puts off pushes and drops none", function()
  local game = fakes.new_game()
  local service, peers = new_service(game), {}
  for index = 1, 4 do
    peers[index] = new_peer()
    subscribe(service, peers[index], 5)
  end
  for poll = 1, 4 * #SECTIONS do
    service:push(0.01, function() return false end)
    local finished = 0
    for _, peer in ipairs(peers) do finished = finished + #peer.got end
    holds(finished <= poll / #SECTIONS, "a push is finished before all of its sections are read, one a poll")
  end
  for _, peer in ipairs(peers) do equal(#peer.got, 1) end
end)

--- A list of players in new tables, as the game gives it.
local function roster_of(...)
  local roster = {}
  for position, name in ipairs({ ... }) do roster[position] = { pid = position - 1, name = name } end
  return roster
end

test("an equal roster is not processed again", function()
  local game = fakes.new_game()
  local service, peer = new_service(game), new_peer()
  subscribe(service, peer, 1)
  service:push(0, forever)
  local entries = service.order[1].subscription.entries
  for step = 1, 10 do
    game.roster = roster_of("Timmy", "Jiub")
    service:push(step * 0.2, forever)
  end
  holds(service.order[1].subscription.entries == entries)
end)

test("a roster that changed is followed as far as the budget goes, and by all in the end", function()
  local game = fakes.new_game()
  local service = new_service(game)
  for _ = 1, 4 do subscribe(service, new_peer(), 0.1) end
  service:push(0, forever)
  game.roster = roster_of("Jiub")
  local function number_that_followed()
    local number = 0
    for _, client in ipairs(service.order) do
      if #client.subscription.entries == 0 then number = number + 1 end
    end
    return number
  end
  for expected = 1, 4 do
    service:push(1 + expected * 0.001, function() return false end)
    equal(number_that_followed(), expected)
  end
end)

test("a slot that another player took starts full again", function()
  local game = fakes.new_game()
  local service, peer = new_service(game), new_peer()
  service:on_message(peer, '{"type":"hello","id":"h","client":"c"}', false, 0)
  service:on_message(peer, '{"type":"subscribe","id":"s","sections":["world"]}', false, 0)
  service:push(0, forever)
  game.roster = { { pid = 0, name = "Nerevar" } }
  service:push(10, forever)
  local last = peer.got[#peer.got]
  equal({ last.player, last.full, last.revisions.world }, { "Nerevar", true, 2 })
  equal(#peer.got, 3)
end)

test("the next push is never now, whatever rounding does", function()
  local subscription = require("timmy.server.subscription").new({
    players = "all", sections = { "world" }, rate_hz = 20, radius = 1, most = 64, events = {},
  })
  for pid = 0, 3 do
    local entry = { player = { pid = pid }, due = 0 }
    for step = 0, 20000 do
      local now = step * 0.05
      subscription:reschedule(entry, now)
      holds(entry.due > now and entry.due <= now + 0.1)
    end
  end
end)

test("pushes are spread over the interval", function()
  local subscription = require("timmy.server.subscription").new({
    players = "all", sections = { "world" }, rate_hz = 10, radius = 1, most = 64, events = {},
  })
  local roster, first, last = {}, math.huge, 0
  for pid = 0, 9 do roster[pid + 1] = { pid = pid, name = "p" .. pid } end
  subscription:follow(roster, 0)
  for _, entry in ipairs(subscription.entries) do
    subscription:reschedule(entry, 5)
    holds(entry.due > 5 and entry.due <= 5.1 + 1e-9)
    first, last = math.min(first, entry.due), math.max(last, entry.due)
  end
  holds(last - first > 0.08)
end)
