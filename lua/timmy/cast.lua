--- The actors of a loaded cell: what CoreScripts recorded of each, and where the server was told they are.
--
-- A cell is seen by everybody around, so it is read once for all of them: places at most twenty times a second, the
-- rest twice. Who asks for a snapshot gets what is true then.
local corescripts = require("timmy.corescripts")
local game = require("timmy.game")
local json = require("timmy.json")
local memo = require("timmy.memo")
local numbers = require("timmy.numbers")
local records = require("timmy.records")
local slots = require("timmy.slots")
local texts = require("timmy.texts")

local M = {}

local PLACES_KEEP_S, RECORDS_KEEP_S = 0.05, 0.5

--- CoreScripts' numbers for AI packages (`enumerations.ai`).
local PACKAGES = { [0] = "cancel", "activate", "combat", "escort", "follow", "travel", "wander" }

local function optional(value) return numbers.is_finite(value) and value or nil end

local function target_of(ai)
  if texts.is_id(ai.targetPlayer) then return ai.targetPlayer end
  return texts.is_id(ai.targetUniqueIndex) and ai.targetUniqueIndex or nil
end

local function package_of(ai)
  local package = type(ai) == "table" and PACKAGES[ai.action]
  if not package then return nil end
  return json.constant {
    package = package, target = target_of(ai), x = optional(ai.posX), y = optional(ai.posY), z = optional(ai.posZ),
    distance = optional(ai.distance), duration = optional(ai.duration), repeats = ai.shouldRepeat == true,
  }
end

local function worn(item)
  return type(item) == "table" and texts.is_id(item.refId) and item.refId or nil
end

local function set_of(list)
  local set = {}
  for _, value in pairs(type(list) == "table" and list or {}) do set[value] = true end
  return set
end

--- What is recorded of one actor, or nil for one that CoreScripts never heard of: the server's own list has no ids.
local function recorded_of(known, index, dead)
  local record = known[index]
  if type(record) ~= "table" or not texts.is_id(record.refId) then return nil end
  return {
    ref_id = record.refId, name = records.name_of(record.refId), dead = dead[index] == true,
    ai = package_of(record.ai), equipment = json.constant(json.object(slots.named(record.equipment, worn))),
  }
end

--- What is recorded of the actors of a cell, by unique index, as it is asked for. The server's list keeps those that
-- were deleted, and of the data files' CoreScripts keep the record.
local recorded = memo.new(function(loaded)
  local data = loaded.data
  local known = type(data.objectData) == "table" and data.objectData or {}
  local packets = type(data.packets) == "table" and data.packets or {}
  local dead, deleted = set_of(packets.death), set_of(packets.delete)
  return setmetatable({}, { __index = function(found, index)
    local record = not deleted[index] and recorded_of(known, index, dead) or false
    found[index] = record
    return record
  end })
end)

local places = memo.new(function(_, cell) return game.actors_in(cell) end)

--- The actors of a loaded cell, { unique_index, x, y, z, health?, health_base? } each, and a table that knows what is
-- recorded of each by its unique index (false: nothing). Nothing where the cell isn't loaded. `fresh`: as of now.
function M.of(cell, now, fresh)
  local loaded = corescripts.loaded_cell(cell)
  if not loaded then return {}, {} end
  local seen = places(loaded, fresh and now or now - PLACES_KEEP_S, now, cell)
  return seen, recorded(loaded, fresh and now or now - RECORDS_KEEP_S, now)
end

return M
