--- JSON values that plain Lua tables can't express: null, an empty list, an empty object, encoded text.
local declarations = require("timmy.wire.declarations")

local M = {}

--- Numbers of this size or more are not sent: every host keeps 14 digits.
M.TOO_LARGE = declarations.MAX_INTEGER + 1
--- The deepest nesting: far more than any message has, and far less than any stack allows.
M.MAX_DEPTH = 32

local LIST, OBJECT, FRAGMENT = {}, {}, {}

M.null = setmetatable({}, { __tostring = function() return "null" end })

--- Tags a table as a list: `[]` when it is empty.
function M.array(list) return setmetatable(list or {}, LIST) end

--- Tags a table as an object: `{}` when it is empty.
function M.object(object) return setmetatable(object or {}, OBJECT) end

--- JSON text that the encoder copies unchanged.
function M.fragment(text) return setmetatable({ text = text }, FRAGMENT) end

--- Tables marked as constant, each with its encoded text, or true before the first encoding.
M.texts = setmetatable({}, { __mode = "k" })

--- Marks a table, with everything in it, as constant: it is encoded once, however often it is sent.
function M.constant(value)
  M.texts[value] = true
  return value
end

--- Whether a value was marked as constant.
function M.is_constant(value) return M.texts[value] ~= nil end

function M.is_fragment(value) return getmetatable(value) == FRAGMENT end

--- Whether a table is a list; an untagged empty one is not.
function M.is_array(value)
  if type(value) ~= "table" or value == M.null then return false end
  local tag = getmetatable(value)
  return tag == LIST or (tag == nil and value[1] ~= nil)
end

--- Whether a table is an object: tagged, or not a list.
function M.is_object(value)
  return type(value) == "table" and value ~= M.null and not M.is_fragment(value) and not M.is_array(value)
end

return M
