local harness = require("harness")
local sections = require("timmy.sections.registry")
local players = require("timmy.state.players")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local REPLACEMENT = "\239\191\189" -- U+FFFD

test("a name with invalid UTF-8 can be given as it was sent on the wire", function()
  stage.open()
  local pid = stage.host.connect("Jos\233")
  local name = "Jos" .. REPLACEMENT
  equal(players.name(pid), name)
  equal(players.find(name), pid)
  holds(sections.read("position", players.find(name), {}))
end)
