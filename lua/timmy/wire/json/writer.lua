--- Lua values to JSON text, with sorted names, so that equal values have equal texts.
local layout_of = require("timmy.wire.json.layouts")
local quote = require("timmy.wire.json.quoting")
local shapes = require("timmy.wire.json.shapes")

local M = {}

local write_value

local function refuse(what)
  error({ reason = what }, 0)
end

local function put(out, piece)
  local count = out.count + 1
  out[count], out.count = piece, count
end

--- NaN is not.
local function is_sendable(number)
  return number > -shapes.TOO_LARGE and number < shapes.TOO_LARGE
end

local function write_number(out, number)
  if not is_sendable(number) then refuse("a number is not finite, or 1e14 or more") end
  -- + 0 turns -0 into 0. The number itself: table.concat writes it as "%.14g" would, in a third of the time.
  put(out, number + 0)
end

local function check_list(list)
  local length, members = #list, 0
  for _ in pairs(list) do members = members + 1 end
  if members ~= length then refuse("a list has gaps or names") end
  return length
end

local function write_list(out, list, depth)
  local length = check_list(list)
  put(out, "[")
  for index = 1, length do
    if index > 1 then put(out, ",") end
    write_value(out, list[index], depth)
  end
  put(out, "]")
end

local function write_object(out, object, depth)
  if next(object) == nil then return put(out, "{}") end
  local layout, offending = layout_of(object)
  if not layout then refuse("a name is a " .. offending) end
  for index = 1, layout.count do
    put(out, layout.leads[index])
    write_value(out, object[layout.names[index]], depth)
  end
  put(out, "}")
end

local function write_parts(out, value, depth)
  if shapes.is_array(value) then return write_list(out, value, depth + 1) end
  return write_object(out, value, depth + 1)
end

--- A constant table is encoded separately the first time, and its text is kept.
local function write_constant(out, value, depth, kept)
  if kept == true then
    local own = { count = 0 }
    write_parts(own, value, depth)
    kept = table.concat(own, "", 1, own.count)
    shapes.texts[value] = kept
  end
  put(out, kept)
end

local function write_table(out, value, depth)
  if value == shapes.null then return put(out, "null") end
  if shapes.is_fragment(value) then return put(out, value.text) end
  if depth >= shapes.MAX_DEPTH then refuse("nested too deeply") end
  local kept = shapes.texts[value]
  if kept then return write_constant(out, value, depth, kept) end
  return write_parts(out, value, depth)
end

function write_value(out, value, depth)
  local kind = type(value)
  if kind == "string" then return put(out, quote(value)) end
  if kind == "number" then return write_number(out, value) end
  if kind == "table" then return write_table(out, value, depth) end
  if kind == "boolean" then return put(out, value and "true" or "false") end
  refuse("a " .. kind .. " has no JSON")
end

local function write_document(value)
  local out = { count = 0 }
  write_value(out, value, 0)
  return table.concat(out, "", 1, out.count)
end

--- The value as JSON text; nil and a reason if it can't be encoded.
function M.encode(value)
  local kind = type(value)
  if kind == "string" then return quote(value) end
  if kind == "boolean" then return value and "true" or "false" end
  if kind == "number" and is_sendable(value) then return value + 0 .. "" end
  if shapes.is_fragment(value) then return value.text end
  local ok, result = pcall(write_document, value)
  if ok then return result end
  return nil, type(result) == "table" and result.reason or tostring(result)
end

return M
