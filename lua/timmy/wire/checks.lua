--- Checks of declared types (timmy.wire.declarations): the counterpart of the models' validation, in the same words.
--
-- A check takes a JSON value. It returns the value, with defaults filled in and without nulls; or nil, what is wrong,
-- and where in the value (`2.count`). JSON types are not converted: "5" is not a number.
local declarations = require("timmy.wire.declarations")
local json = require("timmy.wire.json")
local utf8 = require("timmy.wire.utf8")

local M = {}

--- The longest part of a field's name that an answer repeats, in bytes: the name may be anything.
local LONGEST_NAME = 256
local LARGEST_INT = 2147483647

--- Formats that no pattern expresses: whether a text that matches the pattern has the format.
local FORMATS = {
  ["unique-index"] = function(text)
    local ref_num, mp_num = text:match("^(%d+)%-(%d+)$")
    return tonumber(ref_num) <= LARGEST_INT and tonumber(mp_num) <= LARGEST_INT
  end,
}

--- What is wrong with a text's number of characters, which is at most its number of bytes.
local function wrong_length(text, least, most)
  if text == "" and least == 1 then return "must not be empty" end
  if least > 1 and utf8.length(text) < least then return "must have at least " .. least .. " characters" end
  if #text > most and utf8.length(text) > most then return "must have at most " .. most .. " characters" end
end

local make = {}

function make.string(declared)
  local least, most = declared.min_length or 0, declared.max_length or math.huge
  local pattern, words, has_format = declared.pattern, declared.words, FORMATS[declared.format]
  return function(value)
    if type(value) ~= "string" then return nil, "must be a string" end
    local wrong = wrong_length(value, least, most)
    if wrong then return nil, wrong end
    if pattern and not (value:find(pattern) and (not has_format or has_format(value))) then return nil, words end
    return value
  end
end

local function bound(words, limit) return ("must be %s %.14g"):format(words, limit) end

--- NaN is no number.
local function check_of_number(declared, wrong_type, is_whole)
  local low, high = declared.minimum or -declarations.MAX_INTEGER, declared.maximum or declarations.MAX_INTEGER
  local above = declared.exclusive_minimum or -math.huge
  return function(value)
    if type(value) ~= "number" or value ~= value or (is_whole and value % 1 ~= 0) then return nil, wrong_type end
    if value <= above then return nil, bound("above", above) end
    if value < low then return nil, bound("at least", low) end
    if value > high then return nil, bound("at most", high) end
    return value
  end
end

function make.number(declared) return check_of_number(declared, "must be a number", false) end
function make.integer(declared) return check_of_number(declared, "must be a whole number", true) end

function make.boolean()
  return function(value)
    if type(value) ~= "boolean" then return nil, "must be true or false" end
    return value
  end
end

--- Any value: what it must be depends on others, and is checked with them.
function make.any()
  return function(value) return value end
end

local function in_words(words)
  local quoted = {}
  for position, word in ipairs(words) do quoted[position] = "'" .. word .. "'" end
  local last = table.remove(quoted)
  return #quoted == 0 and last or table.concat(quoted, ", ") .. " or " .. last
end

function make.enum(declared)
  local known, words = {}, "must be " .. in_words(declared.enum)
  for _, word in ipairs(declared.enum) do known[word] = true end
  return function(value)
    if type(value) ~= "string" or not known[value] then return nil, words end
    return value
  end
end

function make.any_of(declared)
  local checks = {}
  for position, way in ipairs(declared.any_of) do checks[position] = M.of(way) end
  return function(value)
    local reasons
    for _, check in ipairs(checks) do
      local read, wrong = check(value)
      if not wrong then return read end
      reasons = reasons and reasons .. ", or: " .. wrong or wrong
    end
    return nil, reasons
  end
end

--- The wire counts items from 0.
local function place_of(position, place) return place and position - 1 .. "." .. place or tostring(position - 1) end

function make.array(declared)
  local check, least, most = M.of(declared.items), declared.min_items or 0, declared.max_items or math.huge
  return function(list)
    if not json.is_array(list) then return nil, "must be a list" end
    if #list < least then return nil, "must have at least " .. least .. " items" end
    if #list > most then return nil, "must have at most " .. most .. " items" end
    local values = {}
    for position, item in ipairs(list) do
      local value, wrong, place = check(item)
      if wrong then return nil, wrong, place_of(position, place) end
      values[position] = value
    end
    return json.array(values)
  end
end

--- Fields with their checks: { name =, check =, default = ?, optional = ? }.
local function with_checks(fields)
  local checked = {}
  for position, field in ipairs(fields) do
    local default = field.default
    if type(default) == "table" then default = json.array(default) end
    checked[position] = { name = field.name, check = M.of(field.type), default = default, optional = field.optional }
  end
  return checked
end

local function read_field(field, value)
  if value == nil or (value == json.null and field.optional) then
    if field.default == nil and not field.optional then return nil, "is required" end
    return field.default
  end
  return field.check(value)
end

--- The first undeclared field in alphabetical order, so that the same mistake always gets the same answer.
local function first_unknown(declared, object)
  local first
  for name in pairs(object) do
    if not declared[name] and (first == nil or tostring(name) < first) then first = tostring(name) end
  end
  return first
end

--- The fields and the check of an object with these declared fields. `unknown`: what is wrong with any other field; nil
-- ignores it.
function M.object(fields, unknown)
  local checked, declared = with_checks(fields), {}
  for _, field in ipairs(checked) do declared[field.name] = true end
  return checked, function(object)
    local values = {}
    for position = 1, #checked do
      local field = checked[position]
      local value, wrong, place = read_field(field, object[field.name])
      if wrong then return nil, wrong, place and field.name .. "." .. place or field.name end
      values[field.name] = value
    end
    local surplus = unknown and first_unknown(declared, object)
    if surplus then return nil, unknown, surplus:sub(1, LONGEST_NAME) end
    return values
  end
end

--- The first missing field of a record that is based on no other; nil if there is none.
local function lacking(needed, record)
  if record.base_id then return nil end
  for _, name in ipairs(needed) do
    local value = record[name]
    if value == nil or (json.is_array(value) and #value == 0) then return name end
  end
end

function make.object(declared)
  if not declared.fields then
    return function(value)
      if not json.is_object(value) then return nil, "must be an object" end
      return value
    end
  end
  local _, read = M.object(declared.fields, "is no field here")
  return function(value)
    if not json.is_object(value) then return nil, "must be an object" end
    local values, wrong, place = read(value)
    local missing = values and declared.needed_without_base and lacking(declared.needed_without_base, values)
    if missing then return nil, missing .. ": is required where no base_id is given" end
    return values, wrong, place
  end
end

--- An object whose field `tag` says which type it has. A place in it begins with that type, as the models' does.
function make.tagged(declared)
  local tag, checks, words = declared.tag, {}, {}
  for word, variant in pairs(declared.of) do
    checks[word] = M.of(variant)
    words[#words + 1] = "'" .. word .. "'"
  end
  table.sort(words)
  local unknown = ("'%s' must be one of %s"):format(tag, table.concat(words, ", "))
  return function(value)
    if not json.is_object(value) then return nil, "must be an object" end
    local word = value[tag]
    if word == nil then return nil, "'" .. tag .. "' is required" end
    if type(word) ~= "string" or not checks[word] then return nil, unknown end
    local read, wrong, place = checks[word](value)
    if wrong then return nil, wrong, place and word .. "." .. place or word end
    return read
  end
end

local function kind_of(declared)
  if declared.enum then return "enum" end
  if declared.any_of then return "any_of" end
  return declared.tag and "tagged" or declared.type
end

local checks_of = {}

--- The check of a declared type; the same for the same table.
function M.of(declared)
  local check = checks_of[declared] or make[kind_of(declared)](declared)
  checks_of[declared] = check
  return check
end

return M
