local harness = require("harness")
local dedupe = require("timmy.dedupe")

local test, equal, holds = harness.test, harness.equal, harness.holds

test("an answer is remembered for its client and id", function()
  local memory = dedupe.new(600, 10)
  memory:remember("a", "1", "done", 0)
  equal(memory:recall("a", "1", 599), "done")
  equal(memory:recall("b", "1", 0), nil)
  equal(memory:recall("a", "2", 0), nil)
end)

test("an answer is forgotten when it is old enough", function()
  local memory = dedupe.new(600, 10)
  memory:remember("a", "1", "done", 0)
  equal(memory:recall("a", "1", 600), nil)
end)

test("there is no room rather than a young answer forgotten", function()
  local memory = dedupe.new(600, 2)
  memory:remember("a", "1", "one", 0)
  memory:remember("a", "2", "two", 10)
  holds(not memory:has_room(599))
  equal(memory:recall("a", "1", 599), "one")
  holds(memory:has_room(600))
  equal(memory:recall("a", "2", 600), "two")
end)

test("names and ids that look alike when joined are kept apart", function()
  local memory = dedupe.new(600, 10)
  memory:remember("a", "bc", "one", 0)
  equal(memory:recall("ab", "c", 0), nil)
end)

test("a long life leaves nothing behind", function()
  local memory = dedupe.new(1, 100)
  for second = 1, 5000 do memory:remember("a", tostring(second), "done", second) end
  local kept = 0
  holds(memory:has_room(6000))
  for _ in pairs(memory.answers) do kept = kept + 1 end
  for _ in pairs(memory.order) do kept = kept + 1 end
  equal(kept, 0)
end)
