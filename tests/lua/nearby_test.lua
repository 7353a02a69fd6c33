--- Caching of nearby actors between two readings is never visible: the result is as if everything were read again.
local geometry = require("timmy.state.geometry")
local harness = require("harness")
local json = require("timmy.wire.json")
local sections = require("timmy.sections.registry")
local random = require("simulator.random")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local HOME = "-2, -9"

local now = 0

--- As for a push: two seconds later, when all that is kept may be looked at again.
local function pushed()
  now = now + 2
  return json.decode(json.encode(sections.read("nearby_actors", 0, { fresh = false, now = now }))).actors
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

test("does not confuse actors when one leaves the list or they change places in it", function()
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

--- A cell's objects in a table that was filled in this order, and from which so many others were taken again: its own
-- order is another each time.
local function filled(indexes, others)
  local objects = {}
  for number = 1, others do objects["9" .. number .. "-0"] = { refId = "gone" } end
  for _, index in ipairs(indexes) do objects[index] = { refId = "crate" } end
  for number = 1, others do objects["9" .. number .. "-0"] = nil end
  return objects
end

local function shuffled(list, chance)
  for position = #list, 2, -1 do
    local other = chance:integer(1, position)
    list[position], list[other] = list[other], list[position]
  end
  return list
end

test("cuts a cell that has too much in a defined order, whatever became of its table, and counts", function()
  stage.open()
  local chance, first = random.new(7), nil
  for round = 1, 5 do
    local indexes = {}
    for number = 1, 3000 do indexes[number] = "0-" .. 1000 + number end
    LoadedCells[HOME].data.objectData = filled(shuffled(indexes, chance), round * 500)
    for _, list in pairs(LoadedCells[HOME].data.packets) do
      for key in pairs(list) do list[key] = nil end
    end
    local seen = json.decode(json.encode(sections.read("nearby_objects", 0, { most = 256, now = round * 10 })))
    first = first or seen
    equal({ #seen.objects, seen.left_out, seen.truncated }, { 256, 3000 - 256, true })
    equal({ seen.objects[1].unique_index, seen.objects[256].unique_index }, { "0-1001", "0-1256" })
    equal(seen, first)
  end
end)

test("keeps the lowest of many as sorting all of them would", function()
  local chance, lowest = random.new(5), require("timmy.state.lowest")
  local function is_below(one, other) return one < other end
  for _ = 1, 200 do
    local heap, all, most = {}, {}, chance:integer(1, 20)
    for number = 1, chance:integer(0, 60) do
      all[number] = chance:integer(0, 1000) + number / 1000
      lowest.add(heap, all[number], most, is_below)
    end
    table.sort(heap)
    table.sort(all)
    local expected = {}
    for position = 1, math.min(#all, most) do expected[position] = all[position] end
    equal(heap, expected)
  end
end)

test("lists nothing twice where a list of loaded cells names a cell twice", function()
  stage.open()
  local before = json.decode(json.encode(sections.read("nearby_actors", 0, { now = 1000 })))
  table.insert(Players[0].cellsLoaded, HOME)
  equal(json.decode(json.encode(sections.read("nearby_actors", 0, { now = 2000 }))), before)
end)

local function ref_ids_near(pid)
  local found = {}
  for _, actor in ipairs(json.decode(json.encode(sections.read("nearby_actors", pid))).actors) do
    found[#found + 1] = { actor.ref_id, actor.cell }
  end
  table.sort(found, function(one, other) return one[1] < other[1] end)
  return found
end

--- The server of TES3MP 0.8.1 finds "0, 0" by its grid position, which every interior has too: both share a list.
test("keeps the actors of the exterior 0, 0 and of an interior apart, whichever came first", function()
  local inside = { name = "Balmora, Guild of Mages", x = 10, y = 20, z = 30 }
  for _, order in ipairs({ { 0, 1 }, { 1, 0 } }) do
    stage.open()
    local commands = require("timmy.commands.registry")
    local function go(pid)
      local player = Players[pid].name
      local place = pid == 0 and { x = 100, y = 100, z = 100 } or { cell = inside.name, x = 10, y = 20, z = 30 }
      place.player = player
      holds(commands.run("teleport", place))
      stage.settle()
      holds(commands.run("spawn_actor", { player = player, ref_id = pid == 0 and "rat" or "mudcrab" }))
      stage.settle()
    end
    go(order[1])
    go(order[2])
    equal(tes3mp.GetCell(0), "0, 0")
    equal({ ref_ids_near(0), ref_ids_near(1) }, { { { "rat", "0, 0" } }, { { "mudcrab", inside.name } } })
  end
end)
