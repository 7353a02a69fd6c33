--- JSON text to Lua values: RFC 8259, strictly, with bounds.
local shapes = require("timmy.wire.json.shapes")
local utf8 = require("timmy.wire.utf8")

local M = {}

local byte, find, match, sub = string.byte, string.find, string.match, string.sub
local null = shapes.null

local ESCAPES = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}
local LITERALS = { ["true"] = true, ["false"] = false, ["null"] = null }
local QUOTE, BACKSLASH, COMMA, COLON = byte('"'), byte("\\"), byte(","), byte(":")
local OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT = byte("["), byte("]"), byte("{"), byte("}")

local read_value

local function refuse(what, at)
  error({ reason = what .. " at byte " .. at }, 0)
end

local function skip_space(text, at)
  local here = byte(text, at)
  if here and here > 32 then return at end
  return find(text, "[^ \t\n\r]", at) or #text + 1
end

local function is_high_surrogate(unit) return unit >= 0xD800 and unit <= 0xDBFF end
local function is_low_surrogate(unit) return unit >= 0xDC00 and unit <= 0xDFFF end

local function read_code_unit(text, at)
  local digits = match(text, "^\\u(%x%x%x%x)", at)
  return digits and tonumber(digits, 16)
end

local function read_unicode_escape(text, at)
  local unit = read_code_unit(text, at) or refuse("malformed \\u escape", at)
  if is_low_surrogate(unit) then refuse("half of a surrogate pair", at) end
  if not is_high_surrogate(unit) then return utf8.encode(unit), at + 6 end
  local low = read_code_unit(text, at + 6)
  if not low or not is_low_surrogate(low) then refuse("half of a surrogate pair", at) end
  return utf8.encode(0x10000 + (unit - 0xD800) * 0x400 + (low - 0xDC00)), at + 12
end

local function read_escape(text, at)
  local letter = sub(text, at + 1, at + 1)
  if letter == "u" then return read_unicode_escape(text, at) end
  return ESCAPES[letter] or refuse("unknown escape", at), at + 2
end

local function read_escaped_string(text, at, stop)
  local pieces = {}
  while true do
    pieces[#pieces + 1] = sub(text, at, stop - 1)
    if byte(text, stop) == QUOTE then return table.concat(pieces), stop + 1 end
    pieces[#pieces + 1], at = read_escape(text, stop)
    stop = find(text, '["\\%z\1-\31]', at)
    if not stop or byte(text, stop) < 32 then refuse("unfinished string", stop or #text) end
  end
end

local function read_string(text, at)
  local stop = find(text, '["\\%z\1-\31]', at + 1)
  local what = stop and byte(text, stop)
  if what == QUOTE then return sub(text, at + 1, stop - 1), stop + 1 end
  if what == BACKSLASH then return read_escaped_string(text, at + 1, stop) end
  refuse("unfinished string", at)
end

local function read_number(text, at)
  local integer, stop = match(text, "^(-?%d+)()", at)
  if not integer or find(integer, "^-?0%d") then refuse("malformed number", at) end
  stop = match(text, "^%.%d+()", stop) or stop
  stop = match(text, "^[eE][+-]?%d+()", stop) or stop
  local value = tonumber(sub(text, at, stop - 1))
  if math.abs(value) >= shapes.TOO_LARGE then refuse("number of 1e14 or more", at) end
  return value, stop
end

local function read_literal(text, at)
  local word = match(text, "^%a+", at)
  local value = LITERALS[word]
  if value == nil then refuse("unexpected character", at) end
  return value, at + #word
end

local function deeper(depth, at)
  if depth >= shapes.MAX_DEPTH then refuse("nested too deeply", at) end
  return depth + 1
end

local function read_list(text, at, depth)
  local list, count = shapes.array({}), 0
  at = skip_space(text, at + 1)
  if byte(text, at) == CLOSE_LIST then return list, at + 1 end
  while true do
    count = count + 1
    list[count], at = read_value(text, at, depth)
    at = skip_space(text, at)
    local separator = byte(text, at)
    if separator == CLOSE_LIST then return list, at + 1 end
    if separator ~= COMMA then refuse("expected , or ]", at) end
    at = skip_space(text, at + 1)
  end
end

local function read_member(text, at, depth, object)
  if byte(text, at) ~= QUOTE then refuse("expected a name", at) end
  local name
  name, at = read_string(text, at)
  at = skip_space(text, at)
  if byte(text, at) ~= COLON then refuse("expected :", at) end
  object[name], at = read_value(text, skip_space(text, at + 1), depth)
  return skip_space(text, at)
end

local function read_object(text, at, depth)
  local object = shapes.object({})
  at = skip_space(text, at + 1)
  if byte(text, at) == CLOSE_OBJECT then return object, at + 1 end
  while true do
    at = read_member(text, at, depth, object)
    local separator = byte(text, at)
    if separator == CLOSE_OBJECT then return object, at + 1 end
    if separator ~= COMMA then refuse("expected , or }", at) end
    at = skip_space(text, at + 1)
  end
end

function read_value(text, at, depth)
  local first = byte(text, at)
  if first == QUOTE then return read_string(text, at) end
  if first == OPEN_OBJECT then return read_object(text, at, deeper(depth, at)) end
  if first == OPEN_LIST then return read_list(text, at, deeper(depth, at)) end
  if not first then refuse("unexpected end", at) end
  if find(text, "^[-%d]", at) then return read_number(text, at) end
  return read_literal(text, at)
end

local function read_document(text)
  local invalid = utf8.first_invalid(text)
  if invalid then refuse("invalid UTF-8", invalid) end
  local value, at = read_value(text, skip_space(text, 1), 0)
  at = skip_space(text, at)
  if at <= #text then refuse("text after the value", at) end
  return value
end

--- Decodes one JSON document; nil and a reason if it is invalid.
function M.decode(text)
  if type(text) ~= "string" then return nil, "not a string" end
  local ok, result = pcall(read_document, text)
  if ok then return result end
  return nil, type(result) == "table" and result.reason or tostring(result)
end

return M
