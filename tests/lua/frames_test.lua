--- Pushes of protocol version 2 where what they build on changes between two of them.
local cell_actors = require("timmy.state.cell_actors")
local entities = require("timmy.state.entities")
local entity_table = require("timmy.server.entity_table")
local harness = require("harness")
local json = require("timmy.wire.json")
local player_entities = require("timmy.state.player_entities")
local readings = require("timmy.server.reading")
local scenes = require("timmy.server.scene")
local stage = require("stage")
local surroundings = require("timmy.sections.surroundings")

local equal, holds, test = harness.equal, harness.holds, harness.test

local HOME = "-2, -9"

local function new_rat()
  local rat = entities.new("actor")
  entities.describe(rat, '"ref_id":"rat"')
  entities.move(rat, 1, 2, 3)
  return rat
end

--- What of a scene a connection's table adds to a frame: the section's text, and the changes of entities.
local function shown(known, entry, scene)
  known:begin()
  local text = known:show(entry, "nearby_actors", scene)
  local pieces = {}
  known:put(pieces, 0)
  return text, table.concat(pieces)
end

test("shows another list of a scene that was read anew, though both were read once only", function()
  local known, entry, rat, other = entity_table.new(), { seen = {} }, new_rat(), new_rat()
  shown(known, entry, scenes.new():take({ rat }, { rat.version }, 0, 1))
  local text = shown(known, entry, scenes.new():take({ other }, { other.version }, 0, 2))
  equal(text, ('{"added":[%d],"removed":[%d],"left_out":0}'):format(other.key, rat.key))
end)

test("numbers no change of a section when only its layout was forgotten", function()
  local reading, revisions, value = readings.new(), {}, { level = 1, name = "Timmy" }
  reading:take(value, revisions, "stats")
  for index = 1, 5000 do json.encode({ ["id " .. index] = 1 }) end
  reading:take({ level = 1, name = "Timmy" }, revisions, "stats")
  equal(reading.revision, 1)
  reading:take({ level = 2, name = "Timmy" }, revisions, "stats")
  equal({ reading.revision, reading:changes(1) }, { 2, '{"level":2}' })
end)

test("sends all members of a section that was no object in between", function()
  local reading, revisions, value = readings.new(), {}, { level = 1 }
  reading:take(value, revisions, "stats")
  reading:take(json.fragment("{}"), revisions, "stats")
  reading:take(value, revisions, "stats")
  equal(reading:changes(2), '{"level":1}')
end)

test("numbers no change of a section with many members that stay", function()
  local reading, revisions, value = readings.new(), {}, {}
  for index = 1, 20 do value["id " .. index] = index end
  reading:take(value, revisions, "kills")
  local same = {}
  for name, count in pairs(value) do same[name] = count end
  reading:take(same, revisions, "kills")
  equal(reading.revision, 1)
end)

test("keeps the last place of an actor for which the server has no number any more, and lists it no longer", function()
  stage.open()
  local eye = { cell = HOME, x = 0, y = 0, z = 0 }
  local entity = cell_actors.seen_from(eye, HOME, 1, true).actors[1].entity
  local before = entities.moved(entity)
  local function listed()
    for _, one in ipairs((surroundings.look("nearby_actors", 0, eye, { radius = 1e6, most = 100, now = 1 }, {}, {}))) do
      if one == entity then return true end
    end
    return false
  end
  equal(listed(), true)
  stage.host.player("Timmy").world.server.cells[HOME].actors[1].x = 0 / 0
  cell_actors.seen_from(eye, HOME, 2, true)
  equal({ entities.moved(entity), listed() }, { before, false })
end)

test("leaves out an entity with a name of any length, which would end the connection of those who see it", function()
  stage.open()
  local eye, options = { cell = HOME, x = 0, y = 0, z = 0 }, { radius = 1e6, most = 100, now = 1, roster = {} }
  local function count(section)
    local list, left_out = surroundings.look(section, 0, eye, options, {}, {})
    return { #list, left_out }
  end
  LoadedCells[HOME].data.objectData["0-900"] = { refId = "misc_soulgem_azura", soul = ("x"):rep(65535) }
  LoadedCells[HOME].data.objectData["0-901"] = { refId = "misc_soulgem_azura", soul = "golden saint" }
  local actors = count("nearby_actors")
  equal(count("nearby_objects")[2], 1)
  options.now = 2
  LoadedCells[HOME].data.objectData[cell_actors.of(HOME, 2, true).actors[1].unique_index].refId = ("x"):rep(65535)
  options.now, options.fresh = 3, true
  equal(count("nearby_actors"), { actors[1] - 1, actors[2] + 1 })
end)

test("keeps no object that is gone, though its cell stays loaded", function()
  stage.open()
  local eye = { cell = HOME, x = 0, y = 0, z = 0 }
  local function look(now)
    return (surroundings.look("nearby_objects", 0, eye, { radius = 1e6, most = 100, now = now, fresh = true }, {}, {}))
  end
  LoadedCells[HOME].data.objectData = { ["0-900"] = { refId = "gold_001" } }
  local seen = setmetatable({ look(1)[1] }, { __mode = "v" })
  holds(seen[1], "the object is not seen")
  LoadedCells[HOME].data.objectData = {}
  look(2)
  collectgarbage()
  collectgarbage()
  equal(seen[1], nil)
end)

--- Calls `act` while a function of the server gives `value()`. Returns how often it was called.
local function with_answer(name, value, act)
  local real, count = tes3mp[name], 0
  tes3mp[name] = function()
    count = count + 1
    return value()
  end
  act()
  tes3mp[name] = real
  return count
end

test("reads the place of a player in another interior seldom, and soon sees it come in", function()
  stage.open()
  local eye, roster = { cell = "A house", x = 0, y = 0, z = 0 }, { { pid = 1, name = "Jiub" } }
  local cell, seen = "Another house", {}
  local function look(now)
    local options, list = { roster = roster, radius = math.huge, now = now }, {}
    return (player_entities.seen_from(eye, 0, options, list, {}))
  end
  local count = with_answer("GetCell", function() return cell end, function()
    for tick = 1, 20 do look(tick * 0.05) end
    cell = "A house"
    for tick = 21, 26 do seen[#seen + 1] = look(tick * 0.05) end
  end)
  holds(count <= 12, count .. " readings")
  equal(seen[#seen], 1)
end)

test("reads what health, magicka and fatigue can be every half second, and at once when it is asked", function()
  stage.open()
  local stats = require("timmy.sections.stats")
  local base = 100
  local function look(now, fresh) return stats(1, { now = now, fresh = fresh }) end
  for _, name in ipairs({ "Health", "Magicka", "Fatigue" }) do
    local key, first, later, asked = name:lower(), nil, nil, nil
    with_answer("Get" .. name .. "Base", function() return base end, function()
      base = 100
      look(10, true)
      base = 120
      first, later = look(10.4, false)[key].base, look(10.6, false)[key].base
      base = 140
      asked = look(10.7, true)[key].base
    end)
    equal({ first, later, asked }, { 100, 120, 140 })
  end
end)

test("sees a player who left and joined again between two looks at the list of players", function()
  stage.open()
  local eye, roster = { cell = tes3mp.GetCell(1), x = 0, y = 0, z = 0 }, { { pid = 1, name = "Jiub" } }
  local function look(now)
    local options, list = { roster = roster, radius = math.huge, now = now, fresh = true }, {}
    player_entities.seen_from(eye, 0, options, list, {})
    return list[1]
  end
  local before = look(1)
  local again = {}
  for name, value in pairs(Players[1]) do again[name] = value end
  Players[1] = setmetatable(again, getmetatable(Players[1]))
  look(2)
  local after = look(3)
  holds(after and after ~= before, "the player is not seen")
end)
