--- What is kept of those around a player between two readings never shows: it is as if all were read anew.
local geometry = require("timmy.geometry")
local harness = require("harness")
local json = require("timmy.json")
local perceive = require("timmy.perceive")
local random = require("embedded.random")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local HOME = "-2, -9"

local now = 0

--- As for a push: a second later, when all that is kept may be looked at again.
local function pushed()
  now = now + 1
  return json.decode(json.encode(perceive.read("nearby_actors", 0, { fresh = false, now = now }))).actors
end

local function entries() return stage.host.player("Timmy").world.server.cells[HOME].actors end

--- The server's entry and CoreScripts' record of an actor that is perceived.
local function behind(actor)
  for _, entry in ipairs(entries()) do
    if entry.refNum .. "-" .. entry.mpNum == actor.unique_index then
      return entry, LoadedCells[HOME].data.objectData[actor.unique_index]
    end
  end
end

local function find(actors, unique_index)
  for _, actor in ipairs(actors) do
    if actor.unique_index == unique_index then return actor end
  end
end

local function first_at_home(actors)
  for _, actor in ipairs(actors) do
    if actor.cell == HOME then return actor end
  end
end

test("follows an actor's place, health, record, equipment, orders and death from push to push", function()
  stage.open()
  local seen = first_at_home(pushed())
  local entry, record = behind(seen)
  local function told() return find(pushed(), seen.unique_index) end
  equal(told(), seen)
  entry.x, entry.healthCurrent = entry.x + 2, 7
  equal({ told().x, told().health.current }, { math.floor(entry.x), 7 })
  record.refId = "somebody else"
  equal(told().ref_id, "somebody else")
  record.equipment = { [16] = { refId = "iron dagger", count = 1 } }
  equal(told().equipment, json.object({ carried_right = "iron dagger" }))
  record.equipment[16].refId = "iron saber"
  equal(told().equipment, json.object({ carried_right = "iron saber" }))
  record.ai = { action = 4, targetPlayer = "Timmy", shouldRepeat = false }
  equal(told().ai, { package = "follow", target = "Timmy", repeats = false })
  record.ai.targetPlayer = "Jiub"
  equal(told().ai.target, "Jiub")
  table.insert(LoadedCells[HOME].data.packets.death, seen.unique_index)
  equal(told().dead, true)
  table.insert(LoadedCells[HOME].data.packets.delete, seen.unique_index)
  equal(told(), nil)
end)

test("takes nobody for somebody else when one of them leaves the list or they change places in it", function()
  stage.open()
  local before, list = pushed(), entries()
  holds(#before > 1 and #list > 1, "fewer than two are near")
  list[1], list[#list] = list[#list], list[1]
  equal(pushed(), before)
  local gone = table.remove(list, 1)
  local after = pushed()
  equal(#after, #before - 1)
  for _, actor in ipairs(after) do equal(actor, find(before, actor.unique_index)) end
  equal(find(after, gone.refNum .. "-" .. gone.mpNum), nil)
end)

test("picks the nearest as sorting all of them would, whatever their order", function()
  local chance = random.new(3)
  for _ = 1, 300 do
    local list, sorted = {}, {}
    for index = 1, chance:integer(0, 40) do
      list[index] = { index = index, distance = chance:integer(0, 9) > 0 and chance:integer(0, 12) or nil }
      sorted[index] = list[index]
    end
    table.sort(sorted, function(one, other)
      local here, there = one.distance or math.huge, other.distance or math.huge
      if here ~= there then return here < there end
      return one.index < other.index
    end)
    local most = chance:integer(1, 20)
    local kept, left_out = geometry.nearest(list, most, "index")
    equal({ #kept, left_out }, { math.min(#list, most), math.max(0, #list - most) })
    for position, thing in ipairs(kept) do equal(thing.index, sorted[position].index) end
  end
end)
