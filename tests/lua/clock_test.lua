local clock = require("timmy.server.clock")
local harness = require("harness")

local equal, test = harness.equal, harness.test

--- Seconds that the clock shows at each of the counter's readings.
local function shown(counts)
  local position = 0
  local now = clock.from_counter(function()
    position = position + 1
    return counts[position]
  end)
  local times = {}
  for index = 1, #counts do times[index] = now() end
  return times
end

test("a counter of milliseconds gives seconds", function()
  equal(shown({ 0, 1, 1500 }), { 0, 0.001, 1.5 })
end)

test("a counter that turns negative after 25 days goes on, and again when it is at zero", function()
  equal(shown({ 2 ^ 31 - 1000, -2 ^ 31, -1000, 0 }), { 2147482.648, 2147483.648, 4294966.296, 4294967.296 })
end)

test("a wall clock put back makes time stand still, never jump", function()
  equal(shown({ 5000, 1000, 1500 }), { 5, 5, 5.5 })
end)
