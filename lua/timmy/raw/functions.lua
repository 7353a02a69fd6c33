--- The functions of the server's script API, from the table beside this file.
local listed = require("timmy.raw.table")
local preconditions = require("timmy.raw.preconditions")

local M = {}

--- Every function in the table's order: { name =, category =, parameters = { { name =, type = }... }, returns = type or
-- nil, preconditions = { words, each for a rule of timmy.raw.preconditions... } }.
M.all = {}

local NEEDS = "needs"

local by_name, words = {}, {}

local function parameters_of(text)
  local parameters = {}
  for name, kind in text:gmatch("([%w.]+):(%w+)") do parameters[#parameters + 1] = { name = name, type = kind } end
  return parameters
end

local function needs_of(numbers)
  local needs = {}
  for number in numbers:gmatch("%d+") do needs[#needs + 1] = words[tonumber(number)] end
  return needs
end

local function read(category, line)
  local name, listed_parameters, returns, numbers = line:match("^(%w+)%((.-)%):?(%a*)([%d ]*)$")
  local parameters = parameters_of(listed_parameters)
  return { name = name, category = category, parameters = parameters, returns = returns ~= "" and returns or nil,
    preconditions = preconditions.read(name, parameters, needs_of(numbers)) }
end

local category
for line in listed:gmatch("[^\n]+") do
  local heading = line:match("^%[(%w+)%]$")
  if heading then
    category = heading
  elseif category == NEEDS then
    words[#words + 1] = line
  else
    local entry = read(category, line)
    M.all[#M.all + 1], by_name[entry.name] = entry, entry
  end
end

--- The function with this name, or nil.
function M.find(name) return by_name[name] end

return M
