--- The functions of the server's script API, as the table beside this file names them.
local listed = require("timmy.api.table")

local M = {}

--- Every function in the table's order: { name =, category =, parameters = { { name =, type = }... }, returns = type or
-- nil, deadly = whether right types alone killed a fresh server }.
M.all = {}

local by_name = {}

local function parameters_of(text)
  local parameters = {}
  for name, kind in text:gmatch("([%w.]+):(%w+)") do parameters[#parameters + 1] = { name = name, type = kind } end
  return parameters
end

local function read(category, line)
  local mark, name, parameters, returns = line:match("^(!?)(%w+)%((.-)%):?(%w*)$")
  return { name = name, category = category, parameters = parameters_of(parameters),
    returns = returns ~= "" and returns or nil, deadly = mark == "!" }
end

local category
for line in listed:gmatch("[^\n]+") do
  local heading = line:match("^%[(%w+)%]$")
  if heading then
    category = heading
  else
    local entry = read(category, line)
    M.all[#M.all + 1], by_name[entry.name] = entry, entry
  end
end

--- The function of this name, or nil.
function M.find(name) return by_name[name] end

return M
