--- The data of a player's save, with every key that CoreScripts create.
local names = require("simulator.names")

local M = {}

local LISTS = { "customClass", "equipment", "inventory", "spellbook", "spellsActive", "cooldowns", "quickKeys",
  "shapeshift", "journal", "factionRanks", "factionExpulsion", "factionReputation", "topics", "books",
  "mapExplored", "ipAddresses", "recordLinks", "alliedPlayers", "destinationOverrides", "customVariables" }

local SETTINGS = { "difficulty", "consoleAllowed", "bedRestAllowed", "wildernessRestAllowed", "waitAllowed",
  "enforcedLogLevel", "physicsFramerate" }

local function settings()
  local values = { staffRank = 0 }
  for _, name in ipairs(SETTINGS) do
    values[name] = "default"
  end
  return values
end

local function abilities(data)
  data.attributes, data.skills = {}, {}
  for _, name in ipairs(names.attributes) do
    data.attributes[name] = { base = 1, damage = 0, skillIncrease = 0 }
  end
  for _, name in ipairs(names.skills) do
    data.skills[name] = { base = 1, damage = 0, progress = 0 }
  end
end

function M.new(now_s)
  local data = {
    login = { name = "", passwordSalt = "", passwordHash = "" },
    timestamps = { creation = now_s, lastLogin = now_s, lastDisconnect = 0, lastFixMe = 0,
      lastSessionDuration = 0 },
    settings = settings(),
    character = { race = "", head = "", hair = "", gender = 1, class = "", birthsign = "" },
    location = { cell = "", regionName = "", posX = 0, posY = 0, posZ = 0, rotX = 0, rotZ = 0 },
    stats = { level = 1, levelProgress = 0, healthBase = 1, healthCurrent = 1, magickaBase = 1,
      magickaCurrent = 1, fatigueBase = 1, fatigueCurrent = 1 },
    fame = { bounty = 0, reputation = 0 },
    miscellaneous = { markLocation = { cell = "", posX = 0, posY = 0, posZ = 0, rotX = 0, rotZ = 0 },
      selectedSpell = "" },
  }
  for _, name in ipairs(LISTS) do
    data[name] = {}
  end
  abilities(data)
  return data
end

return M
