--- Checks of messages' fields: the Lua counterpart of `timmy_actors/protocol/message.py`.
--
-- A check takes a value and returns nil, or what is wrong. JSON types are not converted: "5" is not a number.
local json = require("timmy.wire.json")
local utf8 = require("timmy.wire.utf8")

local M = {}

--- Any text.
function M.text(value)
  if type(value) ~= "string" then return "must be a string" end
end

--- Text of 1 to `longest` characters; `pattern` restricts them, and `words` describe the pattern.
function M.text_of(longest, pattern, words)
  return function(value)
    if type(value) ~= "string" then return "must be a string" end
    local length = utf8.length(value)
    if length < 1 or length > longest then return "must have 1 to " .. longest .. " characters" end
    if pattern and not value:find(pattern) then return "must consist of " .. words end
  end
end

--- A number above `low`, at most `high`.
function M.number_above(low, high)
  return function(value)
    if type(value) ~= "number" then return "must be a number" end
    if value <= low or value > high then return "must be above " .. low .. ", at most " .. high end
  end
end

--- A whole number of at least `low`, and at most `high`; without one the largest is the largest that JSON carries here.
function M.integer(low, high)
  return function(value)
    if type(value) ~= "number" or value % 1 ~= 0 then return "must be a whole number" end
    if value < low then return "must be at least " .. low end
    if high and value > high then return "must be at most " .. high end
  end
end

--- One of the listed words.
function M.one_of(words)
  local known = {}
  for _, word in ipairs(words) do known[word] = true end
  return function(value)
    if type(value) ~= "string" or not known[value] then return "must be one of " .. table.concat(words, ", ") end
  end
end

--- A list whose every item passes `check`.
function M.list_of(check)
  return function(value)
    if not json.is_array(value) then return "must be a list" end
    for position, item in ipairs(value) do
      local wrong = check(item)
      if wrong then return "item " .. position .. " " .. wrong end
    end
  end
end

--- The word itself, or a value that passes `check`.
function M.word_or(word, check)
  return function(value)
    if value ~= word then
      local wrong = check(value)
      return wrong and ('must be "' .. word .. '", or: ' .. wrong)
    end
  end
end

--- An object.
function M.object(value)
  if not json.is_object(value) then return "must be an object" end
end

return M
