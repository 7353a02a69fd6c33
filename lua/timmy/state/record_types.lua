--- The types of records that can be created at run time, and the fields of each: the Lua counterpart of
-- `timmy_actors/protocol/records.py`. A field's name is CoreScripts' name with underscores.
local checks = require("timmy.wire.checks")
local nested = require("timmy.wire.nested")
local utf8 = require("timmy.wire.utf8")

local M = {}

local INT = 2147483647
--- The longest text of a book or a script, in characters.
local LONGEST_TEXT = 16384
--- The most items of a field that is a list.
local MOST_PARTS = 32

local int, number = checks.integer(-INT, INT), checks.number(-1e6, 1e6)
local count = checks.integer(0, INT)

local function text(value)
  if type(value) ~= "string" then return "must be a string" end
  if value == "" then return "must not be empty" end
  if utf8.length(value) > LONGEST_TEXT then return "must have at most " .. LONGEST_TEXT .. " characters" end
  if value:gsub("[\t\n\r]", ""):find("%c") then return "must have no control characters but tabs and line ends" end
  return nil
end

local function optional(name, check) return { name = name, check = check, optional = true } end

M.EFFECT = {
  -- The game has 143 effects.
  { name = "id", check = checks.integer(0, 142) },
  optional("attribute", checks.integer(-1, 7)), optional("skill", checks.integer(-1, 26)),
  optional("range_type", checks.integer(0, 2)), optional("area", count), optional("duration", count),
  optional("magnitude_min", count), optional("magnitude_max", count),
}
M.PART = { { name = "part_type", check = checks.integer(0, 26) }, optional("male_part", checks.name),
  optional("female_part", checks.name) }
M.ITEM = { { name = "id", check = checks.name }, { name = "count", check = checks.integer(1, 1000000), default = 1 } }
M.DAMAGE = { { name = "min", check = checks.integer(0, 10000) }, { name = "max", check = checks.integer(0, 10000) } }
local byte = checks.integer(0, 255)
M.COLOR = { { name = "red", check = byte }, { name = "green", check = byte }, { name = "blue", check = byte } }

local function list(fields) return checks.list(nested.object_of(fields), 0, MOST_PARTS) end

local damage = nested.object_of(M.DAMAGE)

--- The check of each field, in every type of record.
local CHECKS = {
  name = checks.name, model = checks.name, icon = checks.name, script = checks.name, race = checks.name,
  hair = checks.name, head = checks.name, class = checks.name, faction = checks.name, sound = checks.name,
  open_sound = checks.name, close_sound = checks.name, enchantment_id = checks.name, string_var = text,
  inventory_base_id = checks.name, text = text, script_text = text,
  weight = checks.number(0, 1e6), quality = checks.number(0, 1e6), speed = checks.number(0, 100),
  reach = checks.number(0, 100), scale = checks.number(0.1, 10), volume = checks.number(0, 255),
  min_range = checks.number(0, 255), max_range = checks.number(0, 255), float_var = number, int_var = int,
  subtype = count, value = count, uses = count, time = int, radius = count, health = count, magicka = count,
  fatigue = count, level = checks.integer(1, 10000), armor_rating = count, blood_type = checks.integer(0, 7),
  soul_value = count, ai_fight = checks.integer(0, 100), ai_flee = checks.integer(0, 100),
  ai_alarm = checks.integer(0, 100), ai_services = count, auto_calc = checks.integer(0, 1), flags = count,
  cost = count, charge = count, enchantment_charge = count, skill_id = checks.integer(-1, 26),
  part = checks.integer(0, 14), scroll_state = checks.boolean, key_state = checks.boolean,
  vampire_state = checks.boolean,
  gender = checks.one_of("male", "female"), damage_chop = damage, damage_slash = damage, damage_thrust = damage,
  color = nested.object_of(M.COLOR), effects = list(M.EFFECT), parts = list(M.PART), items = list(M.ITEM),
}

--- The fields of an object, or of each item of a list.
M.INNER = { effects = M.EFFECT, parts = M.PART, items = M.ITEM, damage_chop = M.DAMAGE, damage_slash = M.DAMAGE,
  damage_thrust = M.DAMAGE, color = M.COLOR }
M.LISTS = { effects = true, parts = true, items = true }

local ITEM = "name model icon weight value script "
local ENCHANTABLE = ITEM .. "enchantment_id enchantment_charge "
local ACTOR = "name level health magicka fatigue ai_fight ai_flee ai_alarm ai_services script items "

local TYPES = {
  activator = "name model script",
  apparatus = ITEM .. "subtype quality",
  armor = ENCHANTABLE .. "subtype health armor_rating parts",
  bodypart = "subtype part model race vampire_state flags",
  book = ENCHANTABLE .. "text scroll_state skill_id",
  cell = "",
  clothing = ENCHANTABLE .. "subtype parts",
  container = "name model weight flags script items",
  creature = ACTOR .. "model subtype scale blood_type soul_value damage_chop damage_slash damage_thrust flags",
  door = "name model open_sound close_sound script",
  enchantment = "subtype cost charge flags effects",
  gamesetting = "int_var float_var string_var",
  ingredient = ITEM .. "effects",
  light = ITEM .. "sound time radius color flags",
  lockpick = ITEM .. "quality uses",
  miscellaneous = ITEM .. "key_state",
  npc = ACTOR .. "inventory_base_id gender race hair head class auto_calc faction",
  potion = ITEM .. "auto_calc effects",
  probe = ITEM .. "quality uses",
  ["repair"] = ITEM .. "quality uses",
  script = "script_text",
  sound = "sound volume min_range max_range",
  spell = "name subtype cost flags effects",
  static = "model",
  weapon = ENCHANTABLE .. "subtype health speed reach damage_chop damage_slash damage_thrust flags",
}

--- The fields that a record without `base_id` requires. CoreScripts' own list.
local NEEDED = {
  activator = "name model", apparatus = "name model", armor = "name model", bodypart = "subtype part model",
  book = "name model", cell = "id", clothing = "name model", container = "name model", creature = "base_id",
  door = "name model", enchantment = "effects", gamesetting = "id", ingredient = "name model", light = "model",
  lockpick = "name model", miscellaneous = "name model", npc = "name race class", potion = "name model",
  probe = "name model", ["repair"] = "name model", script = "id script_text", sound = "sound", spell = "name",
  static = "model", weapon = "name model",
}

M.names = {}

for name, fields in pairs(TYPES) do
  local type_fields = { optional("type", checks.name), optional("id", checks.name), optional("base_id", checks.name) }
  for field in fields:gmatch("%S+") do type_fields[#type_fields + 1] = optional(field, CHECKS[field]) end
  M[name] = type_fields
  M.names[#M.names + 1] = name
end

table.sort(M.names)

local is_name = checks.one_of(unpack(M.names))

--- The first missing field of a record without a base, or nil.
local function lacking(record)
  if record.base_id then return nil end
  for field in NEEDED[record.type]:gmatch("%S+") do
    local value = record[field]
    if value == nil or (M.LISTS[field] and #value == 0) then return field end
  end
  return nil
end

--- The check of a record's fields, for a known type: nil, or what is wrong and where in the record.
function M.check_fields(value)
  local wrong, place = nested.object_of(M[value.type])(value)
  if wrong then return wrong, place end
  local missing = lacking(nested.values(M[value.type], value))
  return missing and missing .. ": is required where no base_id is given" or nil
end

--- The check of a record: its type, then the fields of that type. An error's location is given as the models give it:
-- the type before the field.
function M.check(value)
  if type(value) ~= "table" then return "must be an object" end
  local unknown_type = is_name(value.type)
  if unknown_type then return "type: " .. unknown_type end
  local wrong, place = M.check_fields(value)
  if not wrong then return nil end
  return wrong, place and value.type .. "." .. place or value.type
end

return M
