--- Random batches of the script API: some that mean something, most that don't.
local functions = require("timmy.api.functions")
local json = require("timmy.json")
local order = require("timmy.api.order")
local rules = require("timmy.api.rules")
local values = require("fuzz.values")

local M = {}

local MOST_CALLS = 12
local TOO_MANY_CALLS = 257
local GOOD = { 0, 1, 2, "-2, -9", "5", "10.0.0.1", "./data", "./data/x.png", true, "a" }

local pick = values.pick

local function good_value(parameter)
  local from = math.random(#GOOD)
  for step = 0, #GOOD - 1 do
    local value = GOOD[(from + step - 1) % #GOOD + 1]
    if not parameter.kind(value) then return value end
  end
  return 0
end

local function argument(parameter)
  local chance = math.random()
  if chance < 0.95 then return good_value(parameter) end
  if chance < 0.97 then return parameter.is_pid and { pid = pick({ "Timmy", "Jiub", "Nobody" }) } or { result = 0 } end
  return values.any()
end

local function call_of(name)
  local rule, given = rules.of(name), {}
  for position, parameter in ipairs(rule and rule.parameters or {}) do given[position] = argument(parameter) end
  if math.random() < 0.03 then given[#given + 1] = values.any() end
  if math.random() < 0.03 then given[#given] = nil end
  return { name = name, arguments = json.array(given) }
end

--- A function, and most times what must have run before it.
local function add(calls, name)
  if functions.find(name) and math.random() < 0.85 then
    for _, need in ipairs(order.of(name)) do
      local before = pick(need.any_of)
      for _, earlier in ipairs(order.of(before)) do calls[#calls + 1] = call_of(pick(earlier.any_of)) end
      calls[#calls + 1] = call_of(before)
    end
  end
  calls[#calls + 1] = call_of(name)
end

local function any_name()
  if math.random() < 0.01 then return tostring(pick(values.HOSTILE)):sub(1, 100) end
  return pick(functions.all).name
end

--- One function, what must have run before it, and one argument that is not as it should be.
local function probe()
  local calls, call = {}, call_of(pick(functions.all).name)
  for _, need in ipairs(order.of(call.name)) do
    for _, earlier in ipairs(order.of(need.any_of[1])) do calls[#calls + 1] = call_of(earlier.any_of[1]) end
    calls[#calls + 1] = call_of(need.any_of[1])
  end
  if #call.arguments > 0 then call.arguments[math.random(#call.arguments)] = values.any() end
  calls[#calls + 1] = call
  return json.array(calls)
end

--- The calls of one batch.
function M.calls()
  if math.random() < 0.4 then return probe() end
  local calls, count = {}, math.ceil(MOST_CALLS * math.random() ^ 3)
  if math.random() < 0.001 then count = TOO_MANY_CALLS end
  for _ = 1, count do
    if math.random() < 0.005 then
      calls[#calls + 1] = values.hostile()
    else
      add(calls, any_name())
    end
  end
  return json.array(calls)
end

return M
