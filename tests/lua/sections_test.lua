local harness = require("harness")
local json = require("timmy.wire.json")
local sections = require("timmy.sections.registry")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local NAN, INFINITY = 0 / 0, math.huge

local function read(section, pid, options)
  local value, wrong = sections.read(section, pid or 0, options)
  holds(value, wrong and wrong.message)
  local text = json.encode(value)
  holds(text, section .. " can't be sent")
  return json.decode(text)
end

--- Replaces functions of the server while `act` runs.
local function with_answers(answers, act)
  local before = {}
  for name, answer in pairs(answers) do before[name], tes3mp[name] = tes3mp[name], answer end
  local ok, problem = pcall(act)
  for name, answer in pairs(before) do tes3mp[name] = answer end
  if not ok then error(problem, 0) end
end

local function always(value) return function() return value end end

local function fill(count, make)
  local list = {}
  for position = 1, count do list[position] = make(position) end
  return list
end

test("reads every section of a player who has just arrived", function()
  stage.open()
  for _, section in ipairs(sections.names) do read(section) end
  equal(#sections.names, 19)
end)

test("changes nothing by looking", function()
  stage.open()
  for _, section in ipairs(sections.names) do read(section) end
  equal(stage.effects(), {})
end)

test("reads the same twice while nothing happens", function()
  stage.open()
  for _, section in ipairs(sections.names) do equal(read(section), read(section), section) end
end)

test("declines sections and players that aren't there", function()
  stage.open()
  local value, wrong = sections.read("weather", 0, {})
  equal({ value, wrong.field }, { nil, "sections" })
  value, wrong = sections.read("stats", 7, {})
  equal({ value, wrong.code }, { nil, "not_logged_in" })
  stage.host.disconnect(1)
  value = sections.read("stats", 1, {})
  equal(value, nil)
end)

test("reports the player's position, with angles in degrees", function()
  stage.open()
  with_answers({ GetRotZ = always(-math.pi / 2), GetRotX = always(math.pi / 6) }, function()
    local position = read("position")
    equal({ position.cell, position.exterior, position.place }, { "-2, -9", true, "Seyda Neen" })
    equal({ position.x, position.y, position.z }, { tes3mp.GetPosX(0), tes3mp.GetPosY(0), tes3mp.GetPosZ(0) })
    equal({ math.floor(position.yaw + 0.5), math.floor(position.pitch + 0.5) }, { 270, 30 })
  end)
end)

test("names the place of an interior, if it has one", function()
  stage.open()
  with_answers({ GetCell = always("Balmora, Guild of Mages"), IsInExterior = always(false) }, function()
    equal({ read("position").place, read("position").exterior }, { "Balmora", false })
  end)
  with_answers({ GetCell = always("30, 30") }, function() equal(read("position").place, nil) end)
end)

test("sends no number that isn't one, whatever clients report", function()
  stage.open()
  for _, garbage in ipairs({ NAN, INFINITY, -INFINITY, 1e300 }) do
    with_answers({ GetPosX = always(garbage), GetRotZ = always(garbage), GetHealthCurrent = always(garbage),
      GetAttributeDamage = always(garbage), GetSkillProgress = always(garbage) }, function()
      equal(read("position").x, 0)
      equal(read("stats").health.current, 0)
      read("nearby_actors")
      read("nearby_players")
    end)
  end
end)

test("reports the player's identity and stats", function()
  stage.open()
  local stats = read("stats")
  local attributes, skills = 0, 0
  for _ in pairs(stats.attributes) do attributes = attributes + 1 end
  for _ in pairs(stats.skills) do skills = skills + 1 end
  equal({ attributes, skills }, { 8, 27 })
  equal(stats.health, { current = tes3mp.GetHealthCurrent(0), base = tes3mp.GetHealthBase(0) })
  equal({ stats.race, stats.class, stats.gender }, { tes3mp.GetRace(0), tes3mp.GetDefaultClass(0), "male" })
end)

test("names a class of the player's own", function()
  stage.open()
  with_answers({ GetDefaultClass = always(""), GetClassName = always("Netch Herder") }, function()
    equal(read("stats").class, "Netch Herder")
  end)
end)

test("lists an inventory with holes in its order, leaving out what is no stack", function()
  stage.open()
  Players[0].data.inventory = {
    [9] = { refId = "iron dagger", count = 1, charge = 12, enchantmentCharge = 3.5, soul = "rat" },
    [2] = { refId = "gold_001", count = 5 }, [3] = { refId = "", count = 1 }, [4] = { refId = "x", count = 0 },
    [5] = "text", [6] = { refId = "y", count = -3 }, [7] = { refId = "z", count = NAN }, other = { refId = "w" },
  }
  equal(read("inventory"), { truncated = false, items = {
    { ref_id = "gold_001", count = 5, charge = -1, enchantment_charge = -1, soul = "" },
    { ref_id = "iron dagger", count = 1, charge = 12, enchantment_charge = 3.5, soul = "rat" },
  } })
end)

test("lists stacks in one order, however far apart the holes left them", function()
  stage.open()
  local inventory, expected = {}, {}
  for position = 40, 1, -1 do inventory[position * 97] = { refId = "item_" .. position, count = 1 } end
  for position = 1, 40 do expected[position] = "item_" .. position end
  Players[0].data.inventory = inventory
  local read_ids = {}
  for position, item in ipairs(read("inventory").items) do read_ids[position] = item.ref_id end
  equal(read_ids, expected)
end)

test("reports a truncated inventory", function()
  stage.open()
  local function stack(position) return { refId = "item_" .. position, count = 1 } end
  Players[0].data.inventory = fill(500, stack)
  equal({ #read("inventory").items, read("inventory").truncated }, { 500, false })
  Players[0].data.inventory = fill(501, stack)
  equal({ #read("inventory").items, read("inventory").truncated }, { 500, true })
end)

test("keeps empty lists and empty objects apart", function()
  stage.open()
  Players[0].data.inventory, Players[0].data.equipment = nil, nil
  WorldInstance.data.journal = nil
  equal(json.encode(read("inventory").items), "[]")
  equal(json.encode(read("equipment").slots), "{}")
  equal(json.encode(read("journal").entries), "[]")
  equal(json.encode(read("quests").stages), "{}")
end)

test("names the slots of what is worn, and leaves the empty ones out", function()
  stage.open()
  Players[0].data.equipment = {
    [0] = { refId = "iron_helmet", count = 1, charge = -1, enchantmentCharge = -1 },
    [16] = { refId = "iron dagger", count = 1, charge = 40 }, [17] = { refId = "", count = 0 }, [18] = "text",
  }
  local slots = read("equipment").slots
  equal({ slots.helmet.ref_id, slots.carried_right.charge }, { "iron_helmet", 40 })
  equal({ slots.carried_left, slots.ammunition }, {})
end)

local function line(quest, index, type)
  return { quest = quest, index = index, type = type or 0, actorRefId = "player",
    timestamp = { daysPassed = 1, month = 7, day = 16 } }
end

test("shows the newest hundred lines of the journal, oldest first", function()
  stage.open()
  WorldInstance.data.journal = fill(120, function(position) return line("quest", position) end)
  local journal = read("journal")
  equal({ #journal.entries, journal.truncated }, { 100, true })
  equal({ journal.entries[1].index, journal.entries[100].index }, { 21, 120 })
  equal(journal.entries[1], { quest = "quest", index = 21, kind = "entry", actor_ref_id = "player", days_passed = 1,
    month = 7, day = 16 })
end)

test("sees a journal line as soon as it is written", function()
  stage.open()
  WorldInstance.data.journal = { line("one", 1) }
  equal(#read("journal").entries, 1)
  table.insert(WorldInstance.data.journal, line("one", 5))
  equal({ #read("journal").entries, read("quests").stages.one }, { 2, 5 })
end)

test("leaves out journal lines that are none", function()
  stage.open()
  WorldInstance.data.journal = { "text", {}, { quest = "q", index = NAN }, line("one", 1) }
  equal({ #read("journal").entries, read("quests").stages.q }, { 2, 0 })
end)

test("reads the player's own journal where it isn't shared", function()
  stage.open()
  config.shareJournal = false
  Players[0].data.journal = { line("mine", 3) }
  equal(read("quests").stages, { mine = 3 })
end)

test("knows that an entry only raises a quest's stage, and an index sets it", function()
  stage.open()
  WorldInstance.data.journal = {
    line("a", 10), line("a", 5), line("b", 10), line("b", 5, 1), line("c", 5, 1), line("c", 7),
  }
  equal(read("quests").stages, { a = 10, b = 5, c = 7 })
end)

test("keeps the quests that moved last when there are too many", function()
  stage.open()
  WorldInstance.data.journal = fill(501, function(position) return line("quest_" .. position, 1) end)
  local quests = read("quests")
  equal({ quests.truncated, quests.stages.quest_1, quests.stages.quest_501 }, { true, nil, 1 })
end)

--- A crowd that only the server's list knows, at growing distances to the north of Timmy.
local function crowd(count)
  local x, y, z = tes3mp.GetPosX(0), tes3mp.GetPosY(0), tes3mp.GetPosZ(0)
  local known = LoadedCells["-2, -9"].data.objectData
  for index = 0, count - 1 do known["0-" .. (5000 + index)] = { refId = "rat" } end
  return {
    ReadCellActorList = function(cell) stage.listed = cell == "-2, -9" and count or 0 end,
    GetActorListSize = function() return stage.listed end,
    GetActorRefNum = always(0), GetActorMpNum = function(index) return 5000 + index end,
    DoesActorHavePosition = always(true), DoesActorHaveStatsDynamic = always(false),
    GetActorPosX = always(x), GetActorPosY = function(index) return y + count - index end, GetActorPosZ = always(z),
  }
end

test("sees actors nearest first, with distance, bearing and health", function()
  stage.open()
  local near = read("nearby_actors", 0, { radius = 4096 })
  holds(#near.actors > 1, "nobody is near")
  local last = 0
  for _, actor in ipairs(near.actors) do
    holds(actor.distance >= last and actor.distance <= 4096 and actor.bearing >= 0 and actor.bearing < 360)
    holds(actor.unique_index:match("^%d+%-%d+$") and actor.ref_id ~= "" and actor.health.base > 0 and not actor.dead)
    last = actor.distance
  end
end)

test("sees no farther than the radius", function()
  stage.open()
  equal(#read("nearby_actors", 0, { radius = 1 }).actors, 0)
  equal(#read("nearby_players", 0, { radius = 1 }).players, 0)
end)

test("limits the actors to the nearest sixty-four, and reports it", function()
  stage.open()
  with_answers(crowd(70), function()
    local near = read("nearby_actors")
    equal({ #near.actors, near.truncated, near.actors[1].distance, near.actors[64].distance }, { 64, true, 1, 64 })
    equal({ near.actors[1].bearing, near.actors[1].health }, { 0 })
  end)
  with_answers(crowd(64), function() equal(read("nearby_actors").truncated, false) end)
end)

test("distinguishes the dead from the living", function()
  stage.open()
  local first = read("nearby_actors").actors[1]
  table.insert(LoadedCells[first.cell].data.packets.death, first.unique_index)
  equal(read("nearby_actors").actors[1].dead, true)
end)

test("leaves out actors that CoreScripts don't know", function()
  stage.open()
  for cell in pairs(LoadedCells) do LoadedCells[cell].data.objectData = {} end
  equal(#read("nearby_actors").actors, 0)
end)

test("looks into all cells that are loaded around, and into no other space", function()
  stage.open()
  local asked = {}
  local plain = tes3mp.ReadCellActorList
  local spy = { ReadCellActorList = function(cell) asked[#asked + 1] = cell return plain(cell) end }
  with_answers(spy, function() read("nearby_actors") end)
  equal(#asked, #Players[0].cellsLoaded)
  asked = {}
  spy.GetCell = always("Balmora, Guild of Mages")
  with_answers(spy, function() equal(#read("nearby_actors").actors, 0) end)
  equal(asked, {})
end)

test("sees other players near, across a cell's border too", function()
  stage.open()
  local other = read("nearby_players").players[1]
  equal({ other.name, other.pid, other.cell }, { "Jiub", 1, "-2, -9" })
  stage.host.move(1, tes3mp.GetPosX(0), tes3mp.GetPosY(0) + 100, tes3mp.GetPosZ(0))
  other = read("nearby_players").players[1]
  equal({ other.distance, other.bearing }, { 100, 0 })
end)

test("lists no player in another space", function()
  stage.open()
  local plain = tes3mp.GetCell
  local spy = { GetCell = function(pid) return pid == 1 and "Balmora, Guild of Mages" or plain(pid) end }
  with_answers(spy, function() equal(#read("nearby_players").players, 0) end)
end)

test("reports the date, the current hour and the region's weather", function()
  stage.open()
  local region = tes3mp.GetRegion(0):lower()
  WorldInstance.storedRegions[region] = { currentWeather = 4, nextWeather = -1, transitionFactor = 0 }
  local world = read("world")
  equal({ world.year, world.month, world.hour }, { WorldInstance.data.time.year, WorldInstance.data.time.month,
    _G.hourCounter })
  equal(world.weather, { region = region, current = "rain", transition = 0 })
end)

test("omits the weather if no client has reported it", function()
  stage.open()
  with_answers({ GetRegion = always("Nowhere Region") }, function() equal(read("world").weather, nil) end)
end)

test("keeps month and hour within a calendar that older scripts break", function()
  stage.open()
  WorldInstance.data.time.month, WorldInstance.data.time.hour = 13, 25
  equal(read("world").month, 12)
  WorldInstance.data.time.month, WorldInstance.data.time.year = 0, NAN
  equal({ read("world").month, read("world").year }, { 1, 0 })
end)

test("counts a player's own kills if the server does not share them", function()
  stage.open()
  WorldInstance.data.kills, Players[0].data.kills = { rat = 2 }, { kagouti = 1 }
  equal(read("kills").counts, { rat = 2 })
  config.shareKills = false
  equal(read("kills").counts, { kagouti = 1 })
end)

test("accepts any view direction from a client", function()
  stage.open()
  for _, angle in ipairs({ 9e13, -9e13, NAN, INFINITY, 3e38 }) do
    with_answers({ GetRotX = always(angle), GetRotZ = always(angle) }, function()
      local position = read("position")
      holds(position.pitch >= -180 and position.pitch <= 180 and position.yaw >= 0 and position.yaw <= 360)
    end)
  end
end)
