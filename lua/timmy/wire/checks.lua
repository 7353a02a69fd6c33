--- Checks of commands' arguments: the Lua counterpart of the pydantic models in `timmy_actors/protocol/commands`.
--
-- A field is { name =, check =, default =?, optional =? }; `check(value)` returns nil, or what is wrong and in which
-- item. As in the models, null means absent only for an optional field.
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local utf8 = require("timmy.wire.utf8")

local M = {}

local function line(longest)
  return function(value)
    if type(value) ~= "string" then return "must be a string" end
    if value == "" then return "must not be empty" end
    if utf8.length(value) > longest then return "must have at most " .. longest .. " characters" end
    if value:find("%c") then return "must be one line without control characters" end
    return nil
  end
end

--- A game identifier, player, cell or quest name.
M.name = line(256)
--- A line of text.
M.text = line(1024)

--- A number between two bounds, both included.
function M.number(low, high)
  return function(value)
    if type(value) ~= "number" then return "must be a number" end
    if not (value >= low and value <= high) then return string.format("must be between %.0f and %.0f", low, high) end
    return nil
  end
end

--- The same for a whole number.
function M.integer(low, high)
  local in_bounds = M.number(low, high)
  return function(value)
    local wrong = in_bounds(value)
    if not wrong and not numbers.is_whole(value) then wrong = "must be a whole number" end
    return wrong
  end
end

--- One of a few words.
function M.one_of(...)
  local words, known = { ... }, {}
  for _, word in ipairs(words) do known[word] = true end
  return function(value)
    if type(value) ~= "string" or not known[value] then return "must be one of " .. table.concat(words, ", ") end
    return nil
  end
end

--- True or false.
function M.boolean(value)
  if type(value) ~= "boolean" then return "must be true or false" end
end

--- A list of `least` to `most` items, each of which passes `check`. The wire counts them from 0.
function M.list(check, least, most)
  return function(value)
    if not json.is_array(value) then return "must be a list" end
    if #value < least or #value > most then return ("must have %d to %d items"):format(least, most) end
    for position, item in ipairs(value) do
      local wrong, place = check(item)
      if wrong then return wrong, place and position - 1 .. "." .. place or position - 1 end
    end
  end
end

--- A line of text that fits on a button, without the sign that separates buttons.
function M.label(value)
  local wrong = line(60)(value)
  if not wrong and value:find(";", 1, true) then wrong = "must have no ';' in it" end
  return wrong
end

--- The longest part of a field's name that an answer repeats, in bytes: the name may be anything.
local LONGEST_NAME = 256

local function wrong_argument(name, message)
  local field = name:sub(1, LONGEST_NAME)
  return { code = "bad_arguments", message = field .. ": " .. message, field = field }
end

local function read_field(field, argument)
  if argument == nil or (argument == json.null and field.optional) then
    if field.default == nil and not field.optional then return nil, wrong_argument(field.name, "is required") end
    return field.default
  end
  local wrong, place = field.check(argument)
  if wrong then return nil, wrong_argument(place and field.name .. "." .. place or field.name, wrong) end
  return argument
end

--- The first undeclared argument in alphabetical order, so that the same mistake always gets the same answer.
local function unknown_field(fields, arguments)
  local declared, first = {}, nil
  for _, field in ipairs(fields) do declared[field.name] = true end
  for name in pairs(arguments) do
    local text = tostring(name)
    if not declared[name] and (first == nil or text < first) then first = text end
  end
  return first
end

--- The arguments by name, with defaults filled in; or nil and an error with the wrong field.
function M.read(fields, arguments)
  if type(arguments) ~= "table" or arguments == json.null then
    return nil, { code = "bad_arguments", message = "arguments must be an object", field = "arguments" }
  end
  local values = {}
  for _, field in ipairs(fields) do
    local value, wrong = read_field(field, arguments[field.name])
    if wrong then return nil, wrong end
    values[field.name] = value
  end
  local unknown = unknown_field(fields, arguments)
  if unknown then return nil, wrong_argument(unknown, "is no argument of this command") end
  return values
end

return M
