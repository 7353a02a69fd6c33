local event_filter = require("timmy.server.event_filter")
local harness = require("harness")
local subscriptions = require("timmy.server.subscription")

local equal, test = harness.equal, harness.test

local ROSTER = { { pid = 0, name = "Timmy" }, { pid = 1, name = "Jiub" } }
local PLACES = { [0] = { cell = "-2, -9", x = 0, y = 0, z = 0 }, [1] = { cell = "-2, -9", x = 1000, y = 0, z = 0 } }
local LOADED = { [0] = { ["-2, -9"] = true }, [1] = { ["-2, -9"] = true, ["-3, -2"] = true } }
local WHEREABOUTS = {
  of = function(pid) return PLACES[pid] end,
  has_loaded = function(pid, cell) return LOADED[pid] ~= nil and LOADED[pid][cell] == true end,
}

local function subscribed(more)
  local message = { players = { "Timmy" }, sections = {}, rate_hz = 5, radius = 1, most = 1,
    events = { "chat", "object_place", "door_state", "disconnect" } }
  for name, value in pairs(more or {}) do message[name] = value end
  return subscriptions.new(message)
end

local function reaches(subscription, event, pid, name, data)
  return event_filter.reaches(subscription, { event = event, pid = pid, name = name, data = data }, ROSTER, WHEREABOUTS)
end

test("sends a player's own events, and only the subscribed kinds", function()
  equal(reaches(subscribed(), "chat", 0, "Timmy", {}), true)
  equal(reaches(subscribed(), "chat", 1, "Jiub", {}), false)
  equal(reaches(subscribed(), "death", 0, "Timmy", {}), false)
  equal(reaches(subscribed({ players = "all" }), "chat", 1, "Jiub", {}), true)
end)

test("sends what another client reports of a cell that the own client has loaded", function()
  equal(reaches(subscribed(), "door_state", 1, "Jiub", { cell = "-2, -9" }), true)
  equal(reaches(subscribed(), "door_state", 1, "Jiub", { cell = "-3, -2" }), false)
end)

test("sends events of the subscribed cells, however they were typed", function()
  local subscription = subscribed({ players = "all", event_cells = { "-3,-2" } })
  equal(reaches(subscription, "door_state", 1, "Jiub", { cell = "-3, -2" }), true)
  equal(reaches(subscription, "door_state", 1, "Jiub", { cell = "-2, -9" }), false)
  equal(reaches(subscription, "chat", 1, "Jiub", {}), false)
  equal(reaches(subscription, "disconnect", 7, "Gone", {}), true)
end)

test("sends what is near a subscribed player, by the location of the event or of its player", function()
  local near = subscribed({ event_radius = 500 })
  local function placed(x) return { cell = "-2, -9", objects = { { x = x, y = 0, z = 0 } } } end
  equal(reaches(near, "object_place", 1, "Jiub", placed(400)), true)
  equal(reaches(near, "object_place", 0, "Timmy", placed(600)), false)
  equal(reaches(near, "chat", 0, "Timmy", {}), true)
  local all = subscribed({ players = "all", event_radius = 500 })
  equal(reaches(all, "chat", 1, "Jiub", {}), true)
end)

test("takes an event without a place for as near as its cell", function()
  local near = subscribed({ event_radius = 500 })
  equal(reaches(near, "door_state", 1, "Jiub", { cell = "-2, -9" }), true)
  equal(reaches(near, "door_state", 1, "Jiub", { cell = "-3, -2" }), false)
end)

test("sends the event of a player who has left", function()
  equal(reaches(subscribed({ players = { "Gone" }, event_radius = 500 }), "disconnect", 7, "Gone", {}), true)
end)
