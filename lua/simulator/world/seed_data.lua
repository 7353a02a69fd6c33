--- Seed data: what happened before the world starts. Shared knowledge, standing with factions, and objects.
local drive = require("simulator.core.drive")

local M = {}

local function placed(refId, x, y, z, count)
  return { refId = refId, location = { posX = x, posY = y, posZ = z, rotX = 0, rotY = 0, rotZ = 0 }, count = count }
end

--- Objects of each cell that were changed in an earlier session. Those of the data files have no position here: only
--- placed objects are reported with one.
local OBJECTS = {
  ["-2, -9"] = {
    place = { ["0-1"] = placed("misc_com_bottle_01", -11180, -70840, 222, 2),
      ["0-2"] = placed("ingred_bread_01", -11020, -70690, 214) },
    doorState = { ["106001-0"] = { refId = "ex_common_door_01", doorState = 1 } },
    lock = { ["106002-0"] = { refId = "ex_common_door_02", doorState = 2, lockLevel = 40 } },
    state = { ["106003-0"] = { refId = "active_sign_arrille_01", state = false } },
  },
  ["-3, -2"] = {
    place = { ["0-3"] = placed("misc_com_broom_01", -22400, -14700, 505) },
    lock = { ["106004-0"] = { refId = "ex_hlaalu_door_01", doorState = 2, lockLevel = 60 } },
    trap = { ["106005-0"] = { refId = "chest_small_02", lockLevel = 0 } },
  },
}
--- The last object number used in OBJECTS.
local LAST_MP_NUM = 3

local function cell_data(description, objects)
  local data = {
    entry = { description = description, creationTime = 0 },
    loadState = { hasFullActorList = false, hasFullContainerData = false },
    lastVisit = {}, objectData = {}, packets = {}, recordLinks = {},
  }
  for _, kind in ipairs(config.cellPacketTypes) do
    data.packets[kind] = {}
  end
  for kind, entries in pairs(objects) do
    for index, object in pairs(entries) do
      data.objectData[index] = object
      table.insert(data.packets[kind], index)
    end
  end
  return data
end

--- The world's save: topics and standings are shared, as in CoreScripts' default configuration.
local function world_data(data)
  data.topics = { "background", "morrowind lore", "my trade", "seyda neen", "little secret" }
  data.factionRanks = { ["mages guild"] = 0 }
  data.factionReputation = { ["mages guild"] = 3, ["fighters guild"] = 1 }
  data.kills = { mudcrab = 2, rat = 1 }
  data.fame.reputation = 1
end

--- Writes the seed data into the world and the files of its cells, before any player joins.
function M.write(server, world)
  world_data(world.data)
  for description, objects in pairs(OBJECTS) do
    drive.save("cell/" .. description .. ".json", cell_data(description, objects))
  end
  server.mp_num = math.max(server.mp_num, LAST_MP_NUM)
  world.coreVariables.currentMpNum = math.max(world.coreVariables.currentMpNum, LAST_MP_NUM)
end

--- A player's seed data: an active potion, a skill book read, a mark.
function M.of_player(data)
  data.spellsActive = { p_restore_health_b = { { displayName = "Bargain Restore Health", stackingState = true,
    startTime = data.timestamps.lastLogin, caster = { playerName = data.login.name },
    effects = { { id = 75, magnitude = 1, duration = 30, timeLeft = 30, arg = -1 } } } } }
  data.books = { "bookskill_acrobatics2" }
  data.factionExpulsion = { ["fighters guild"] = true }
  data.miscellaneous.selectedSpell = "hearth heal"
  data.miscellaneous.markLocation = { cell = "-2, -9", posX = -11050, posY = -70620, posZ = 210, rotX = 0, rotZ = 0 }
end

return M
