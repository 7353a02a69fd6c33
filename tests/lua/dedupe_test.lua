local harness = require("harness")
local dedupe = require("timmy.server.dedupe")

local test, equal, holds = harness.test, harness.equal, harness.holds

local PLENTY = 1e9

test("an answer is remembered for its client and id", function()
  local memory = dedupe.new(600, 10, PLENTY)
  memory:remember("a", "1", "done", 0)
  equal(memory:recall("a", "1", 599), "done")
  equal(memory:recall("b", "1", 0), nil)
  equal(memory:recall("a", "2", 0), nil)
end)

test("an answer is forgotten when it is old enough", function()
  local memory = dedupe.new(600, 10, PLENTY)
  memory:remember("a", "1", "done", 0)
  equal(memory:recall("a", "1", 600), nil)
end)

test("there is no room rather than a young answer forgotten", function()
  local memory = dedupe.new(600, 2, PLENTY)
  memory:remember("a", "1", "one", 0)
  memory:remember("a", "2", "two", 10)
  holds(not memory:has_room("a", 599))
  equal(memory:recall("a", "1", 599), "one")
  holds(memory:has_room("a", 600))
  equal(memory:recall("a", "2", 600), "two")
end)

test("names and ids that look alike when joined are distinguished", function()
  local memory = dedupe.new(600, 10, PLENTY)
  memory:remember("a", "bc", "one", 0)
  equal(memory:recall("ab", "c", 0), nil)
end)

test("a long life leaves nothing behind", function()
  local memory = dedupe.new(1, 100, PLENTY)
  for second = 1, 5000 do memory:remember("a", tostring(second), "done", second) end
  holds(memory:has_room("a", 6000))
  equal({ #memory.pages, memory.count, memory.bytes }, { 0, 0, 0 })
end)

test("a memory of many pages finds the oldest and the newest", function()
  local memory = dedupe.new(600, 1000, PLENTY)
  for number = 1, 1000 do memory:remember("a", tostring(number), "answer " .. number, number / 10) end
  holds(#memory.pages > 1)
  equal({ memory:recall("a", "1", 100), memory:recall("a", "1000", 100) }, { "answer 1", "answer 1000" })
end)

test("no page is forgotten while one of its answers is young", function()
  local memory = dedupe.new(600, 128, PLENTY) -- two answers a page
  memory:remember("a", "1", "one", 0)
  memory:remember("a", "2", "two", 500)
  equal(memory:recall("a", "2", 1099), "two")
  equal(memory:recall("a", "2", 1100), nil)
end)

test("long answers fill it before their number does", function()
  local memory = dedupe.new(600, 1000, 4096)
  memory:remember("a", "1", ("x"):rep(2048), 0)
  holds(memory:has_room("a", 0))
  memory:remember("a", "2", ("x"):rep(2048), 10)
  holds(not memory:has_room("a", 599))
  holds(memory:has_room("a", 610))
end)

test("a client that fills the memory leaves the last of it to others", function()
  local memory = dedupe.new(600, 80, PLENTY)
  local kept = 0
  while memory:has_room("wild", 0) do
    kept = kept + 1
    memory:remember("wild", tostring(kept), "done", 0)
  end
  equal(kept, 70)
  for number = 1, 10 do
    holds(memory:has_room("calm", 1), "no room for the calm client")
    memory:remember("calm", tostring(number), "done", 1)
  end
  holds(not memory:has_room("calm", 1), "more is kept than allowed")
  holds(memory:has_room("wild", 601), "what is old still counts")
  equal(memory.held.wild, nil)
end)

test("a client of long answers leaves the last of the bytes to others", function()
  local memory = dedupe.new(600, 1000, 8000)
  for number = 1, 7 do memory:remember("wild", tostring(number), ("x"):rep(1000), 0) end
  equal({ memory:has_room("wild", 0), memory:has_room("calm", 0) }, { false, true })
end)
