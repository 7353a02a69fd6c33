--- What CoreScripts recorded of an actor, as text: its record, whether it is dead, its equipment and its AI package.
--
-- Writing the text takes about 10 us, and a cell has dozens of idle actors: so the source values are compared first.
local cache = require("timmy.game.cache")
local id_lists = require("timmy.state.id_lists")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local records = require("timmy.state.records")
local slots = require("timmy.state.slots")

local M = {}

--- CoreScripts' numbers for AI packages (`enumerations.ai`).
local PACKAGES = { [0] = "cancel", "activate", "combat", "escort", "follow", "travel", "wander" }
--- The fields read from an AI package.
local AI = { "action", "targetPlayer", "targetUniqueIndex", "posX", "posY", "posZ", "distance", "duration",
  "shouldRepeat" }
local NOTHING = {}

local function table_or_nothing(value) return type(value) == "table" and value or NOTHING end

local function optional(value) return numbers.is_finite(value) and value or nil end

local function target_of(ai)
  if id_lists.is_id(ai.targetPlayer) then return ai.targetPlayer end
  return id_lists.is_id(ai.targetUniqueIndex) and ai.targetUniqueIndex or nil
end

local function package_of(ai)
  local package = type(ai) == "table" and PACKAGES[ai.action]
  if not package then return nil end
  return {
    package = package, target = target_of(ai), x = optional(ai.posX), y = optional(ai.posY), z = optional(ai.posZ),
    distance = optional(ai.distance), duration = optional(ai.duration), repeats = ai.shouldRepeat == true,
  }
end

local function worn(item)
  return type(item) == "table" and id_lists.is_id(item.refId) and item.refId or nil
end

--- Names of records by id (false: none), cached for all actors read at one moment: finding a name searches two dozen
-- stores.
local names = cache.new(function()
  return setmetatable({}, { __index = function(names, ref_id)
    names[ref_id] = records.name_of(ref_id) or false
    return names[ref_id]
  end })
end)

--- All source values of the text, in a list without holes.
local function traits_of(record, dead, name)
  local ai, equipment = table_or_nothing(record.ai), table_or_nothing(record.equipment)
  local traits = { record.refId, dead, name }
  for position = 1, #AI do traits[3 + position] = ai[AI[position]] or false end
  for position = 1, #slots.NAMES do
    traits[3 + #AI + position] = table_or_nothing(equipment[position - 1]).refId or false
  end
  return traits
end

--- Whether the source values are still those of an earlier text. Most actors wear what they wore and do what they did.
local function are_same(traits, record, dead, name)
  if traits[1] ~= record.refId or traits[2] ~= dead or traits[3] ~= name then return false end
  local ai, equipment = table_or_nothing(record.ai), table_or_nothing(record.equipment)
  for position = 1, #AI do
    if traits[3 + position] ~= (ai[AI[position]] or false) then return false end
  end
  for position = 1, #slots.NAMES do
    local item = equipment[position - 1]
    if traits[3 + #AI + position] ~= (type(item) == "table" and item.refId or false) then return false end
  end
  return true
end

local function write(cell, unique_index, record, dead, name)
  local text = assert(json.encode({
    unique_index = unique_index, ref_id = record.refId, name = name or nil, cell = cell, dead = dead,
    ai = package_of(record.ai), equipment = json.object(slots.named(record.equipment, worn)),
  }))
  return text:sub(2, -2)
end

--- An actor's record: { text }, the members of a JSON object without braces. Returns `before`, the last result, if
-- nothing changed; nil if `record` is not an actor's. `now` in seconds.
function M.of(before, cell, unique_index, record, dead, now)
  if type(record) ~= "table" or not id_lists.is_id(record.refId) then return nil end
  local name = names(_G.RecordStores or NOTHING, now, now)[record.refId]
  if before and are_same(before.traits, record, dead, name) then return before end
  return { traits = traits_of(record, dead, name), text = write(cell, unique_index, record, dead, name) }
end

return M
