--- What each of the richer sections says of a world whose content is known.
local harness = require("harness")
local json = require("timmy.wire.json")
local sections = require("timmy.sections.registry")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local HOME = "-2, -9"

local function read(section, pid, options)
  local value, wrong = sections.read(section, pid or 0, options)
  holds(value, wrong and wrong.message)
  local text = json.encode(value)
  holds(text, section .. " can't be sent")
  return json.decode(text)
end

local function by_index(list)
  local found = {}
  for _, one in ipairs(list) do found[one.unique_index] = one end
  return found
end

test("reports a player's stance and transformation", function()
  stage.open()
  local plain = { GetDrawState = tes3mp.GetDrawState, GetSneakState = tes3mp.GetSneakState,
    GetCreatureRefId = tes3mp.GetCreatureRefId, IsWerewolf = tes3mp.IsWerewolf, GetScale = tes3mp.GetScale }
  equal(read("condition"), { dead = false, drawn = "nothing", sneaking = false, werewolf = false, scale = 1,
    creature = "", mark = { cell = HOME, x = -11050, y = -70620, z = 210 } })
  tes3mp.GetDrawState = function() return 1 end
  tes3mp.GetSneakState, tes3mp.IsWerewolf = function() return true end, function() return true end
  tes3mp.GetScale, tes3mp.GetCreatureRefId = function() return 1.5 end, function() return "rat" end
  Players[0].data.miscellaneous.markLocation.cell = ""
  local turned = read("condition")
  for name, call in pairs(plain) do tes3mp[name] = call end
  equal(turned, { dead = false, drawn = "weapon", sneaking = true, werewolf = true, scale = 1.5, creature = "rat" })
end)

test("distinguishes the dead from players whose health is not reported yet", function()
  stage.open()
  tes3mp.SetHealthCurrent(0, 0)
  equal({ read("condition").dead, read("nearby_players", 1).players[1].dead }, { true, true })
  tes3mp.SetHealthBase(0, 0)
  equal(read("condition").dead, false)
end)

test("reports bounty, reputation and progress to the next level", function()
  stage.open()
  tes3mp.SetBounty(0, 500)
  tes3mp.SetReputation(0, 7)
  tes3mp.SetLevelProgress(0, 4)
  local stats = read("stats")
  equal({ stats.bounty, stats.reputation, stats.level_progress }, { 500, 7, 4 })
end)

test("lists the spellbook, the selected spell, and what is at work", function()
  stage.open()
  Players[0].data.spellsActive.p_restore_health_b[1].startTime = 1700000000
  equal(read("spells"), { known = { "hearth heal" }, selected = "hearth heal", truncated = false, active = { {
    spell = "p_restore_health_b", name = "Bargain Restore Health", caster = "Timmy", since = 1700000000,
    effects = { { id = 75, magnitude = 1, duration = 30, time_left = 30, argument = -1 } } } } })
end)

test("reports the standing with each faction, from the world or the player as configured", function()
  stage.open()
  equal(read("factions").factions, {
    ["mages guild"] = { rank = 0, reputation = 3, expelled = false },
    ["fighters guild"] = { reputation = 1, expelled = true },
  })
  config.shareFactionRanks, config.shareFactionReputation = false, false
  Players[0].data.factionRanks = { thieves = 4 }
  equal(read("factions").factions, {
    thieves = { rank = 4, reputation = 0, expelled = false },
    ["fighters guild"] = { reputation = 0, expelled = true },
  })
end)

test("lists topics, books and kills", function()
  stage.open()
  equal(read("topics").topics, { "background", "little secret", "morrowind lore", "my trade", "seyda neen" })
  equal(read("books"), { books = { "bookskill_acrobatics2" }, truncated = false })
  equal(read("kills").counts, { mudcrab = 2, rat = 1 })
  stage.host.kill_actor(102006, 0)
  equal(read("kills").counts.mudcrab, 3)
end)

test("truncates lists that are too long, and reports it", function()
  stage.open()
  for position = 1, 1001 do WorldInstance.data.topics[position] = ("topic %04d"):format(position) end
  equal({ #read("topics").topics, read("topics").truncated }, { 1000, true })
end)

test("survives tables that are none", function()
  local tables = { { 1, "x", {} }, { x = "y", [3] = {} }, { x = { "y", { effects = 3 } } } }
  for _, garbage in ipairs({ "text", 7, true, unpack(tables) }) do
    stage.open()
    local data = Players[0].data
    for _, name in ipairs({ "spellbook", "spellsActive", "books", "miscellaneous", "factionExpulsion", "equipment" }) do
      data[name] = garbage
    end
    for _, name in ipairs({ "topics", "kills", "factionRanks", "factionReputation" }) do
      WorldInstance.data[name] = garbage
    end
    LoadedCells[HOME].data.packets, LoadedCells[HOME].data.objectData = garbage, garbage
    for _, section in ipairs(sections.names) do read(section) end
  end
end)

test("lists objects nearby, nearest first, then those without a known position", function()
  stage.open()
  local near = read("nearby_objects")
  local kinds, last = {}, 0
  for _, object in ipairs(near.objects) do
    local distance = object.distance or math.huge
    holds(distance >= last, "not in order")
    kinds[object.unique_index], last = object.kind, distance
  end
  equal({ kinds["0-1"], kinds["0-2"], kinds["106001-0"], kinds["103001-0"], kinds["106003-0"] },
    { "item", "item", "door", "container", "other" })
  local objects = by_index(near.objects)
  equal({ objects["0-1"].count, objects["0-1"].x, objects["106001-0"].door, objects["106002-0"].lock_level,
    objects["103001-0"].contents, objects["106003-0"].enabled }, { 2, -11180, "open", 40, 2, false })
  equal({ objects["106001-0"].distance, near.truncated, near.left_out }, { nil, false, 0 })
  holds(objects["106004-0"] == nil, "a door of Balmora is seen from Seyda Neen")
end)

test("leaves out what is deleted, what has gone elsewhere, and actors", function()
  stage.open()
  local packets = LoadedCells[HOME].data.packets
  table.insert(packets.delete, "0-1")
  table.insert(packets.cellChangeTo, "0-2")
  local objects = by_index(read("nearby_objects").objects)
  equal({ objects["0-1"], objects["0-2"], objects["102001-0"] }, {})
end)

test("lists objects within the radius, at most as many as requested, and reports how many it left out", function()
  stage.open()
  local near = read("nearby_objects", 0, { radius = 1 })
  for _, object in ipairs(near.objects) do equal(object.distance, nil) end
  local all = read("nearby_objects")
  local few = read("nearby_objects", 0, { most = 2 })
  equal({ #few.objects, few.truncated, few.left_out }, { 2, true, #all.objects - 2 })
  local actors = read("nearby_actors")
  few = read("nearby_actors", 0, { most = 1 })
  equal({ #few.actors, few.left_out, few.actors[1].unique_index },
    { 1, #actors.actors - 1, actors.actors[1].unique_index })
end)

test("reports an actor's equipment, its AI package, and the name of one created at run time", function()
  stage.open()
  local actor = read("nearby_actors").actors[1]
  local object = LoadedCells[actor.cell].data.objectData[actor.unique_index]
  local stores = _G.RecordStores
  object.refId = "$custom_npc_1"
  object.equipment = { [11] = { refId = "common_robe_01", count = 1 }, [16] = { refId = "" } }
  object.ai = { action = 4, targetPlayer = "Timmy", distance = 0 / 0 }
  _G.RecordStores = { npc = { data = { generatedRecords = { ["$custom_npc_1"] = { name = "Guide" } } } } }
  actor = by_index(read("nearby_actors").actors)[actor.unique_index]
  _G.RecordStores = stores
  equal({ actor.ref_id, actor.name, actor.equipment }, { "$custom_npc_1", "Guide", { robe = "common_robe_01" } })
  equal(actor.ai, { package = "follow", target = "Timmy", repeats = false })
end)

test("sees how other players fare", function()
  stage.open()
  local other = read("nearby_players").players[1]
  equal({ other.name, other.level, other.race, other.class, other.health, other.dead, other.drawn },
    { "Jiub", 1, "Dark Elf", "Thief", { current = 40, base = 40 }, false, "nothing" })
end)

test("lists the possible commands, and the reasons against the others", function()
  stage.open()
  local function sorted(actions)
    local taken = {}
    for _, name in ipairs(actions.commands) do taken[name] = true end
    return taken, actions.unavailable
  end
  local taken, unavailable = sorted(read("available_actions"))
  equal({ taken.teleport, taken.give_item, taken.console, unavailable.console.code },
    { true, true, nil, "not_permitted" })
  taken = sorted(read("available_actions", 0, { allow_raw = true }))
  equal(taken.console, true)
  Players[0].data.inventory = { "garbage" }
  taken, unavailable = sorted(read("available_actions"))
  equal({ taken.give_item, unavailable.give_item.code, unavailable.take_item.code },
    { nil, "game_refused", "game_refused" })
end)
