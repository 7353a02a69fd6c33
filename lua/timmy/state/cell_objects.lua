--- The objects of a loaded cell that the server knows: placed, opened, locked, or opened as containers.
--
-- A cell may have hundreds, and all players around see the same: it is searched at most once a second. A snapshot
-- always gets fresh values.
local cache = require("timmy.game.cache")
local corescripts = require("timmy.game.corescripts")
local id_lists = require("timmy.state.id_lists")
local lowest = require("timmy.state.lowest")
local numbers = require("timmy.wire.numbers")
local records = require("timmy.state.records")

local M = {}

local KEEP_S = 1
--- The most objects described for one cell, those with the lowest unique indexes first: more would stop the game. The
-- rest are counted.
local MOST_IN_A_CELL = 2000
local UNTOUCHED = -1

--- CoreScripts' numbers for a door (`enumerations.doorstate`).
local DOORS = { "open", "closed" }
local KINDS = { container = "container", door = "door", activator = "activator" }

local function set_of(list)
  local set = {}
  for _, value in pairs(type(list) == "table" and list or {}) do set[value] = true end
  return set
end

--- The kind of an object, as far as its recorded changes show it.
local function kind_of(index, object, known)
  local _, store = records.find(object.refId)
  if KINDS[store] then return KINDS[store] end
  if known.container[index] or type(object.inventory) == "table" then return "container" end
  if DOORS[object.doorState] then return "door" end
  if known.place[index] then return "item" end
  return "other"
end

local function stacks_in(inventory)
  if type(inventory) ~= "table" then return nil end
  local count = 0
  for _ in pairs(inventory) do count = count + 1 end
  return count
end

local function add_place(thing, location)
  if type(location) ~= "table" then return end
  local x, y, z = location.posX, location.posY, location.posZ
  if not (numbers.is_finite(x) and numbers.is_finite(y) and numbers.is_finite(z)) then return end
  thing.x, thing.y, thing.z = x, y, z
end

local function describe(cell, index, object, known)
  local thing = {
    unique_index = index, ref_id = object.refId, kind = kind_of(index, object, known), cell = cell,
    name = records.name_of(object.refId),
    door = DOORS[object.doorState],
    lock_level = numbers.is_finite(object.lockLevel) and math.floor(object.lockLevel) or nil,
    trap_sprung = known.trap[index] == true,
    enabled = object.state ~= false,
    scale = numbers.finite(object.scale, 1),
    contents = stacks_in(object.inventory),
    count = math.max(0, numbers.whole(object.count, 1)),
    charge = numbers.finite(object.charge, UNTOUCHED),
    enchantment_charge = numbers.finite(object.enchantmentCharge, UNTOUCHED),
    soul = type(object.soul) == "string" and object.soul or "",
  }
  add_place(thing, object.location)
  return thing
end

--- Kinds of packets whose entries are not objects here: actors are read elsewhere, the others were deleted or moved
-- away.
local NOT_THERE = { "actorList", "spawn", "delete", "cellChangeTo" }

--- CoreScripts' lists of the cell's packets, as sets.
local function reported_in(data)
  local packets = type(data.packets) == "table" and data.packets or {}
  local not_there = {}
  for _, kind in ipairs(NOT_THERE) do
    for _, index in pairs(type(packets[kind]) == "table" and packets[kind] or {}) do not_there[index] = true end
  end
  return { not_there = not_there, container = set_of(packets.container), place = set_of(packets.place),
    trap = set_of(packets.trap) }
end

local function is_thing(index, object, known)
  if type(index) ~= "string" or type(object) ~= "table" or not id_lists.is_id(object.refId) then return false end
  return not known.not_there[index]
end

--- Orders indexes by number: "99-0" before "100-0", and objects of the data files before those created on the server.
local function is_below(one, other)
  if #one ~= #other then return #one < #other end
  return one < other
end

--- The indexes of a cell's objects that are described, and how many objects there are.
local function indexes_of(objects, known)
  local kept, count = {}, 0
  for index, object in pairs(objects) do
    if is_thing(index, object, known) then
      count = count + 1
      lowest.add(kept, index, MOST_IN_A_CELL, is_below)
    end
  end
  return kept, count
end

local things = cache.new(function(loaded, cell)
  local known, result = reported_in(loaded.data), {}
  local objects = type(loaded.data.objectData) == "table" and loaded.data.objectData or {}
  local kept, count = indexes_of(objects, known)
  for position, index in ipairs(kept) do result[position] = describe(cell, index, objects[index], known) end
  return { found = result, left_out = count - #result }
end)

local NOTHING = {}

--- The objects of a loaded cell as sent on the wire, without distance, and how many more there are; none if the cell
-- isn't loaded. `fresh`: read now.
function M.of(cell, now, fresh)
  local loaded = corescripts.loaded_cell(cell)
  if not loaded then return NOTHING, 0 end
  local seen = things(loaded, fresh and now or now - KEEP_S, now, cell)
  return seen.found, seen.left_out
end

return M
