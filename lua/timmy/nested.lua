--- Checks for arguments that are lists or objects, and what is read of them: as `timmy.schema` for what stands alone.
local json = require("timmy.json")

local M = {}

local function field_trouble(field, given)
  if given == nil or (given == json.null and field.optional) then
    if field.default == nil and not field.optional then return field.name .. ": is required" end
    return nil
  end
  local wrong = field.check(given)
  return wrong and field.name .. ": " .. wrong
end

local function unknown(fields, value)
  local declared, first = {}, nil
  for _, field in ipairs(fields) do declared[field.name] = true end
  for name in pairs(value) do
    local text = tostring(name)
    if not declared[name] and (first == nil or text < first) then first = text end
  end
  return first and first:sub(1, 64) .. ": is no field here"
end

--- An object of these fields, each { name =, check =, default =?, optional =? }.
function M.object_of(fields)
  return function(value)
    if not json.is_object(value) then return "must be an object" end
    for _, field in ipairs(fields) do
      local wrong = field_trouble(field, value[field.name])
      if wrong then return wrong end
    end
    return unknown(fields, value)
  end
end

--- A list of `low` to `high` items that each pass a check.
function M.list_of(check, low, high)
  return function(value)
    if not json.is_array(value) then return "must be a list" end
    if #value < low or #value > high then return "must have " .. low .. " to " .. high .. " items" end
    for position, item in ipairs(value) do
      local wrong = check(item)
      if wrong then return "item " .. position .. ": " .. wrong end
    end
    return nil
  end
end

--- A checked object's values, defaults filled in and nulls left out.
function M.values(fields, given)
  local values = {}
  for _, field in ipairs(fields) do
    local value = given[field.name]
    if value == json.null then value = nil end
    if value == nil then value = field.default end
    values[field.name] = value
  end
  return values
end

return M
