--- The arguments of one call: values or references: `{ "result": 0 }` is the first value that call 0 of the batch
-- returned, `{ "pid": "Timmy" }` a player's slot.
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local players = require("timmy.state.players")
local preconditions = require("timmy.raw.preconditions")

local M = {}

--- A placeholder for a value that is known once the batch runs.
M.UNKNOWN = {}

local function wrong(place, message, code)
  return { code = code or "bad_arguments", message = place .. ": " .. message, field = place }
end

--- The name and the value of a reference; nil for any other value.
local function reference(value)
  if not json.is_object(value) then return nil end
  local name, named = next(value)
  if next(value, name) ~= nil then return nil end
  return name, named
end

local resolve = {}

function resolve.result(number, state)
  if not numbers.is_whole(number, 0, #state.results - 1) then
    return nil, "must name an earlier call of the batch, from 0"
  end
  local result = state.results[number + 1]
  if result == M.UNKNOWN then return M.UNKNOWN end
  if result[1] == nil or result[1] == json.null then
    return nil, "must be a value, but call " .. number .. " returned nothing"
  end
  return result[1]
end

function resolve.pid(name)
  if type(name) ~= "string" then return nil, "must be a player's name" end
  local pid, err = players.find(name)
  return pid, err and err.message, err and err.code
end

local function value_of(argument, state)
  if type(argument) ~= "table" then return argument end
  local name, named = reference(argument)
  if not resolve[name] then return nil, 'must be a value, {"result": number of a call} or {"pid": a player\'s name}' end
  return resolve[name](named, state)
end

--- Whether the precondition, and not only the kind, excludes a value.
local function excludes(need, value) return need.kind == "index" or not preconditions.holds(need, value) end

--- What is wrong with a value, as the precondition that it violates says it; nil if nothing is.
local function judge(parameter, value)
  if value == M.UNKNOWN then return nil end
  local problem, need = parameter.kind(value), parameter.need
  if problem and need and excludes(need, value) then return need.words .. preconditions.with_value(need, value) end
  if problem then return parameter.name .. " " .. problem end
  if parameter.is_pid and not players.name(value) then
    return ("%s must be the slot of a player who is logged in, not %d"):format(parameter.name, value), "no_such_player"
  end
end

--- The value of an argument, checked; or nil, what is wrong and the error's code.
local function read_one(parameter, argument, state)
  local value, problem, code = value_of(argument, state)
  if problem then return nil, parameter.name .. " " .. problem, code end
  problem, code = judge(parameter, value)
  if problem then return nil, problem, code end
  return value
end

local function judge_count(rule, count)
  local most = #rule.parameters
  if count >= rule.needed and count <= most then return nil end
  local names = {}
  for position, parameter in ipairs(rule.parameters) do names[position] = parameter.name end
  return string.format("takes %s%d arguments (%s), not %d", rule.needed < most and rule.needed .. " to " or "", most,
    table.concat(names, ", "), count)
end

--- The checked values of a call's arguments: { n =, ... }; or nil and an error. `state.results` has the results of the
-- calls before it.
function M.read(rule, argument, state, place)
  local count = judge_count(rule, #argument)
  if count then return nil, wrong(place .. ".arguments", rule.name .. " " .. count) end
  local values = { n = #argument }
  for position = 1, #argument do
    local parameter, at = rule.parameters[position], place .. ".arguments." .. position - 1
    local value, problem, code = read_one(parameter, argument[position], state)
    if problem then return nil, wrong(at, preconditions.unmet(rule.name, problem), code) end
    values[position] = value
  end
  return values
end

return M
