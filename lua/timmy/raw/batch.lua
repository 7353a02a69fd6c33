--- A batch of calls of the script API. The whole batch is checked before the first call, and each call again right
-- before it is made, because earlier calls may have changed its preconditions.
local arguments = require("timmy.raw.arguments")
local bounds = require("timmy.raw.bounds")
local functions = require("timmy.raw.functions")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local order = require("timmy.raw.order")
local preconditions = require("timmy.raw.preconditions")
local received = require("timmy.raw.received")
local rules = require("timmy.raw.rules")
local written = require("timmy.raw.written")

local M = {}

--- The most bytes of text in a batch's results together: a quarter of a slow reader's buffer.
M.MOST_BYTES = 262144

--- The longest part of a function's name that an answer repeats, in bytes.
local LONGEST_NAME = 100

local function wrong(code, place, message) return { code = code, message = place .. ": " .. message, field = place } end

local function new_state() return { ran = {}, reads = {}, results = {}, bytes = 0, written = written.new() } end

--- The player in a call's first argument, if it has one and the value is known.
local function pid_of(rule, values)
  local first = rule.parameters[1]
  if first and first.is_pid and values[1] ~= arguments.UNKNOWN then return values[1] end
end

--- The checks before anything has run: the function exists, its arguments are valid, and the order is right.
local function judge(state, call, place)
  local name = call.name:sub(1, LONGEST_NAME)
  local rule, reason = rules.of(call.name)
  if not rule then
    local code = functions.find(call.name) and "not_permitted" or "bad_arguments"
    return nil, wrong(code, place .. ".name", name .. ": " .. reason)
  end
  local values, err = arguments.read(rule, call.arguments, state, place)
  if not values then return nil, err end
  local missing = order.missing(name, pid_of(rule, values), state.ran)
  if missing then return nil, wrong("bad_arguments", place .. ".name", preconditions.unmet(name, missing)) end
  return rule, values
end

local function note(state, rule, values)
  local name = rule.name
  state.ran[order.mark(name)] = true
  local pid = pid_of(rule, values)
  if pid then state.ran[order.mark(name, pid)] = true end
  if name:find("^Read") then state.reads[functions.find(name).category] = name end
end

--- What is wrong with a call's indexes, and the position of the argument; nil if every index is inside its list.
local function judge_indexes(rule, values)
  for _, bound in ipairs(bounds.of(rule.name)) do
    local size = guard.unchecked(bound.size, unpack(values, 1, bound.takes))
    local problem = bounds.judge(bound, values[bound.position], size)
    if problem then return problem, bound.position end
  end
end

--- Object numbers must only increase: a number that is used twice would name two objects.
local function judge_number(name, number)
  if name == "SetCurrentMpNum" and number < guard.unchecked("GetCurrentMpNum") then
    return "mpNum must not go back: GetCurrentMpNum's numbers are taken, and would be given to other objects", 1
  end
end

local function judge_selection(state, rule, values)
  local selection = order.selection(functions.find(rule.name))
  if not selection then return nil end
  local read = state.reads[functions.find(selection.any_of[1]).category]
  return received.judge(selection, rule.name, type(values[1]) == "number" and values[1] or nil, read)
end

--- The checks right before the call: what was selected and received, and how long the lists are. Returns the
-- precondition that is violated, and the position of the argument that violates it, if there is one; nil if all hold.
local function judge_now(state, rule, values)
  local problem, position = judge_selection(state, rule, values)
  if not problem then problem, position = judge_indexes(rule, values) end
  if not problem then problem, position = state.written:judge(rule.name, unpack(values, 1, values.n)) end
  if not problem then problem, position = judge_number(rule.name, values[1]) end
  return problem, position
end

--- A value as sent in the answer: numbers that JSON can't express become null.
local function carried(state, value)
  if type(value) == "string" then state.bytes = state.bytes + #value end
  if value == nil or (type(value) == "number" and not numbers.is_finite(value)) then return json.null end
  return value
end

local function collect(state, ...)
  local result = {}
  for position = 1, select("#", ...) do result[position] = carried(state, (select(position, ...))) end
  state.results[#state.results + 1] = json.array(result)
end

local function make(state, call, place)
  local rule, values = judge(state, call, place)
  if not rule then return values end
  local problem, position = judge_now(state, rule, values)
  if problem then
    local at = position and place .. ".arguments." .. position - 1 or place
    return wrong("bad_arguments", at, preconditions.unmet(rule.name, problem))
  end
  if state.bytes > M.MOST_BYTES then
    local words = "the results have more than " .. M.MOST_BYTES .. " bytes: ask for less at a time"
    return wrong("bad_arguments", place, words)
  end
  collect(state, guard.unchecked(rule.name, unpack(values, 1, values.n)))
  state.written:follow(rule.name)
  note(state, rule, values)
end

local function place_of(position) return "calls." .. position - 1 end

--- The first error of a batch before any of it has run; nil if there is none.
function M.judge(calls)
  local state = new_state()
  for position, call in ipairs(calls) do
    local rule, values = judge(state, call, place_of(position))
    if not rule then return values end
    note(state, rule, values)
    state.results[position] = arguments.UNKNOWN
  end
end

local function done_so_far(count)
  if count == 0 then return "; nothing was done" end
  return count == 1 and "; the call before it was done" or "; the " .. count .. " calls before it were done"
end

--- Makes the calls, in order: a list of their results. Or nil and an error if a call could not be made, with the number
-- of calls that were.
function M.run(calls)
  local state = new_state()
  for position, call in ipairs(calls) do
    local err = make(state, call, place_of(position))
    if err then
      err.message = err.message .. done_so_far(position - 1)
      return nil, err
    end
  end
  return json.array(state.results)
end

return M
