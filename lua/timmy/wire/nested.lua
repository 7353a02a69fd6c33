--- Arguments that are objects: their checks (see timmy.wire.checks for the other types), and their values.
local json = require("timmy.wire.json")

local M = {}

--- The longest part of a field's name that an answer repeats, in bytes: the name may be anything.
local LONGEST_NAME = 256

local function field_error(field, object)
  if object == nil or (object == json.null and field.optional) then
    if field.default == nil and not field.optional then return "is required", field.name end
    return nil
  end
  local wrong, place = field.check(object)
  return wrong, place and field.name .. "." .. place or field.name
end

--- The first undeclared field in alphabetical order.
local function unknown(fields, value)
  local declared, first = {}, nil
  for _, field in ipairs(fields) do declared[field.name] = true end
  for name in pairs(value) do
    local text = tostring(name)
    if not declared[name] and (first == nil or text < first) then first = text end
  end
  return first
end

--- The check of an object with these fields, each { name =, check =, default =?, optional =? }: nil, or what is wrong
-- and where.
function M.object_of(fields)
  return function(value)
    if not json.is_object(value) then return "must be an object" end
    for _, field in ipairs(fields) do
      local wrong, place = field_error(field, value[field.name])
      if wrong then return wrong, place end
    end
    local surplus = unknown(fields, value)
    if surplus then return "is no field here", surplus:sub(1, LONGEST_NAME) end
    return nil
  end
end

--- A checked object's values, with defaults filled in and without nulls.
function M.values(fields, object)
  local values = {}
  for _, field in ipairs(fields) do
    local value = object[field.name]
    if value == json.null then value = nil end
    if value == nil then value = field.default end
    values[field.name] = value
  end
  return values
end

return M
