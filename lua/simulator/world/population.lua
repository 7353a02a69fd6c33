--- The world's population at the start: saved players, actors with their ways, containers, the journal.
local player_data = require("simulator.core.player_data")
local people = require("simulator.scene.people")
local places = require("simulator.scene.places")
local plugin = require("simulator.scene.plugin")
local seed_data = require("simulator.world.seed_data")
local terrain = require("simulator.scene.terrain")

local M = {}

local WALK, STROLL = 130, 90 -- game units a second
local BEHIND_COUNTER = 620 -- from the arrival position of a room, in game units

--- The players who are connected from the start, in the order of their pids.
M.PLAYERS = { "Timmy", "Jiub" }

--- Where a new player starts, and where Timmy and Jiub last left.
local PLACES = {
  Timmy = { cell = "-2, -9", posX = -11264, posY = -70912, posZ = 220, rotX = 0, rotZ = 0.6 },
  Jiub = { cell = "-2, -9", posX = -10720, posY = -70430, posZ = 214, rotX = 0, rotZ = 3.4 },
}
local ARRIVAL = { cell = "-2, -9", posX = -11050, posY = -70620, posZ = 210, rotX = 0, rotZ = 0 }

local CHARACTERS = {
  Timmy = { race = "Wood Elf", head = "b_n_wood elf_m_head_01", hair = "b_n_wood elf_m_hair_01", gender = 1,
    class = "Acrobat", birthsign = "Lady's Favor" },
  Jiub = { race = "Dark Elf", head = "b_n_dark elf_m_head_10", hair = "b_n_dark elf_m_hair_01", gender = 1,
    class = "Thief", birthsign = "Moonshadow Sign" },
}
local STRANGER = { race = "Imperial", head = "b_n_imperial_m_head_01", hair = "b_n_imperial_m_hair_00", gender = 1,
  class = "Warrior", birthsign = "Warwyrd" }

local function stack(refId, count)
  return { refId = refId, count = count, charge = -1, enchantmentCharge = -1, soul = "" }
end

local function belongings(data)
  data.inventory = { stack("gold_001", 87), stack("iron dagger", 1), stack("common_shirt_01", 1),
    stack("common_pants_01", 1), stack("common_shoes_01", 1), stack("bk_a1_1_caiuspackage", 1),
    stack("p_restore_health_b", 2) }
  for slot, id in pairs { [7] = "common_shoes_01", [8] = "common_shirt_01", [9] = "common_pants_01",
    [16] = "iron dagger" } do
    data.equipment[slot] = { refId = id, count = 1, charge = -1, enchantmentCharge = -1 }
  end
  data.spellbook = { "hearth heal" }
end

local function abilities(data)
  for _, attribute in pairs(data.attributes) do
    attribute.base = 40
  end
  for _, skill in pairs(data.skills) do
    skill.base = 10
  end
  data.attributes.Agility.base, data.skills.Acrobatics.base, data.skills.Shortblade.base = 50, 35, 25
  data.stats = { level = 1, levelProgress = 0, healthBase = 40, healthCurrent = 40, magickaBase = 40,
    magickaCurrent = 40, fatigueBase = 170, fatigueCurrent = 170 }
end

--- A player's save; a new player gets a fresh character's.
function M.character(name)
  local data = player_data.new(0)
  data.login.name = name
  for key, value in pairs(CHARACTERS[name] or STRANGER) do
    data.character[key] = value
  end
  for key, value in pairs(PLACES[name] or ARRIVAL) do
    data.location[key] = value
  end
  belongings(data)
  abilities(data)
  seed_data.of_player(data)
  return data
end

--- The journal at the start: the first stage of the first quest.
function M.journal()
  return { { type = 0, quest = "a1_1_findspymaster", index = 1, actorRefId = "player",
    timestamp = { daysPassed = 1, month = 7, day = 16 } } }
end

local function actor(refNum, refId, health, speed, way)
  return { refNum = refNum, mpNum = 0, refId = refId, health = health, speed = speed, way = way }
end

--- Somebody who stands behind the counter of a room.
local function keeper(refNum, refId, cell)
  local marker = places.markers[cell] or { 0, 0, 0 }
  return { refNum = refNum, mpNum = 0, refId = refId, health = 70, speed = STROLL, cell = cell,
    items = people.of(refId).goods,
    way = { { marker[1] + BEHIND_COUNTER, marker[2], marker[3], -math.pi / 2 } } }
end

--- Actors of the data files. `way` is a round of points; a single one is a standing position. The guard's round in
--- Seyda Neen crosses the border between its two cells.
M.ACTORS = {
  actor(102001, "fargoth", 58, STROLL, { { -11420, -70410, 214 }, { -10890, -70730, 214 }, { -11210, -71260, 230 } }),
  actor(102002, "vodunius nuccius", 62, STROLL, { { -11660, -70980, 222 }, { -11500, -71420, 222 } }),
  actor(102003, "eldafire", 55, STROLL, { { -12480, -71900, 190 }, { -12020, -72250, 190 } }),
  actor(102004, "imperial guard", 160, WALK, { { -11000, -71850, 230 }, { -11450, -73250, 190 },
    { -11150, -74400, 180 }, { -10800, -73100, 190 } }),
  actor(102005, "darvame hleran", 61, STROLL, { { -8900, -71150, 410 } }),
  actor(102006, "mudcrab", 14, STROLL, { { -13320, -73050, 60 }, { -13650, -72640, 40 }, { -13120, -72330, 60 } }),
  actor(102007, "indrele rathryon", 52, STROLL, { { -9950, -72350, 215 }, { -10230, -72080, 215 } }),
  actor(104001, "hlaalu guard", 160, WALK, { { -23610, -14870, 505 }, { -22300, -13600, 500 },
    { -21100, -14450, 495 }, { -22450, -15600, 500 } }),
  actor(104002, "selvil sareloth", 65, STROLL, { { -21640, -17960, 760 } }),
  actor(104003, "hlaalu guard", 160, WALK, { { -20150, -11250, 470 }, { -18900, -12650, 465 },
    { -19950, -13850, 480 } }),
  actor(104004, "marasa aren", 57, STROLL, { { -22150, -11900, 470 }, { -21700, -12480, 470 } }),
  actor(104005, "itan", 59, STROLL, { { -17900, -14900, 470 }, { -17350, -14400, 470 }, { -17700, -13950, 470 } }),
  keeper(102101, "arrille", "Seyda Neen, Arrille's Tradehouse"),
  keeper(104101, "dulnea ralaal", "Balmora, Eight Plates"),
  { refNum = 102008, mpNum = 0, refId = "rat", health = 18, speed = WALK, hostile = true, damage = { 1, 4 },
    items = { { id = "ingred_rat_meat_01", count = 1 } }, way = { { -9450, -74950, 185 } } },
}

--- Whether somebody stands where the scene's way begins.
local function begins(entry, way)
  return math.abs(entry.way[1][1] - way[1][1]) < 1 and math.abs(entry.way[1][2] - way[1][2]) < 1
end

--- What a plugin places, with what only the scene knows of the same thing: how it walks and fights, what it offers.
local function completed(own, entries)
  local known = {}
  for _, entry in ipairs(own) do
    known[entry.refNum .. " " .. entry.refId] = entry
  end
  for _, entry in ipairs(entries) do
    local same = known[entry.refNum .. " " .. entry.refId] or {}
    for _, field in ipairs { "speed", "hostile", "damage" } do
      entry[field] = same[field]
    end
    entry.health, entry.speed = same.health or entry.health, entry.speed or STROLL
    if same.way and begins(entry, same.way) then
      entry.way = same.way
    end
  end
  return entries
end

if plugin.actors then
  M.ACTORS = completed(M.ACTORS, plugin.actors)
end

--- The ground is as high as whoever stands on it.
for _, known in ipairs(M.ACTORS) do
  for _, point in ipairs(known.cell and {} or known.way) do
    terrain.add(point[1], point[2], point[3])
  end
end

local CREATURES = { "rat", "scamp", "mudcrab", "guar", "nix-hound", "alit", "kwama forager", "cliff racer" }

--- The ids of creatures and NPCs in every client's data files, in lower case.
M.ACTOR_IDS = {}
for _, id in ipairs(CREATURES) do
  M.ACTOR_IDS[id] = true
end
for _, known in ipairs(M.ACTORS) do
  M.ACTOR_IDS[known.refId] = true
end

--- The position is known to clients only: their packets about containers have none.
local function container(refNum, refId, cell, x, y, items)
  return { refNum = refNum, mpNum = 0, refId = refId, cell = cell, x = x, y = y, items = items }
end

M.CONTAINERS = {
  container(103001, "barrel_01", "-2, -9", -11150, -70950, { stack("ingred_bread_01", 3), stack("gold_001", 5) }),
  container(103002, "crate_01", "-2, -9", -11500, -71150, { stack("torch", 2) }),
  container(103003, "com_sack_01", "-2, -10", -10900, -74000, { stack("ingred_scuttle_01", 1) }),
  container(105001, "crate_02", "-3, -2", -23500, -15100, { stack("repair_prongs", 1), stack("gold_001", 12) }),
  container(105002, "barrel_02", "-3, -2", -22800, -14900, { stack("potion_local_brew_01", 4) }),
  container(105003, "chest_small_01", "Balmora, Guild of Mages", -455, -707, { stack("sc_ondusisunhinging", 1) }),
  container(103004, "crate_03", "-2, -10", -9250, -74900, { stack(people.LEDGER, 1), stack("torch", 1) }),
}

if plugin.containers then
  M.CONTAINERS = plugin.containers
  for _, entry in ipairs(M.CONTAINERS) do
    for position, item in ipairs(entry.items) do
      entry.items[position] = stack(item.id, item.count)
    end
  end
end

local function gate(refNum, refId, cell, x, y)
  return { refNum = refNum, mpNum = 0, refId = refId, cell = cell, x = x, y = y }
end

--- Doors that swing and lead nowhere else; the seed data lock some of them.
M.GATES = {
  gate(106001, "ex_common_door_01", "-2, -9", -12500, -71300),
  gate(106002, "ex_common_door_02", "-2, -9", -10900, -71400),
  gate(106004, "ex_hlaalu_door_01", "-3, -2", -21700, -13900),
}

M.GATES = plugin.gates or M.GATES

--- The exterior cells whose map tile a client has already sent.
M.MAPPED = { "-2, -9", "-3, -2" }

--- What Jiub says.
M.PHRASES = {
  "Keep quiet, here comes the guard.", "Has anybody seen Fargoth's ring?", "They're letting us go!",
  "Even last night's storm couldn't wake you.", "Who knows the way to the silt strider?", "Watch out for mudcrabs.",
}

return M
