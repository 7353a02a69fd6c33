--- CoreScripts' additions to the library: methods on strings, and `time` in milliseconds.
local M = {}

local MS_PER_S, MS_PER_MINUTE, MS_PER_HOUR = 1000, 60000, 3600000

local methods = {}

function methods.split(text, separator)
  local fields = {}
  for field in text:gmatch(("([^%s]+)"):format(separator or ":")) do
    table.insert(fields, field)
  end
  return fields
end

function methods.ciEqual(text, other)
  return type(other) == "string" and text:lower() == other:lower()
end

function methods.trim(text)
  return text:match("^%s*(.-)%s*$")
end

function M.install()
  for name, method in pairs(methods) do
    rawset(string, name, method)
  end
end

M.time = {
  seconds = function(count) return count * MS_PER_S end,
  minutes = function(count) return count * MS_PER_MINUTE end,
  hours = function(count) return count * MS_PER_HOUR end,
  toSeconds = function(ms) return ms / MS_PER_S end,
  toMinutes = function(ms) return ms / MS_PER_MINUTE end,
  toHours = function(ms) return ms / MS_PER_HOUR end,
}

return M
