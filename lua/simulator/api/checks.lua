--- The C++ side's handling of an argument before a function runs: accept, convert, or end the process.
local preconditions = require("timmy.raw.preconditions")

local M = {}

local PID_LIMIT = 65536 -- pids are C++ unsigned short
local INT_LOW, INT_HIGH, INT_WRAP = -2147483648, 2147483647, 4294967296
local EXACT_LIMIT = 2 ^ 53

local PIDS = { pid = true, targetPid = true, affectedPid = true, alliedPlayerPid = true }

local function wrap_int(value)
  if value ~= value or math.abs(value) > EXACT_LIMIT then
    return INT_LOW -- what the processor's conversion gives
  end
  local whole = value >= 0 and math.floor(value) or math.ceil(value)
  if whole < INT_LOW or whole > INT_HIGH then
    whole = (whole - INT_LOW) % INT_WRAP + INT_LOW
  end
  return whole
end

local function complainer(name, parameter, server)
  return function(value)
    server:kill(preconditions.unmet(name, ("argument '%s' must be %s, got %s"):format(
      parameter.name, parameter.type, type(value))))
  end
end

local function number_of(value, complain)
  if type(value) == "number" then
    return value
  end
  return type(value) == "string" and tonumber(value) or complain(value)
end

local makers = {}

function makers.number(complain)
  return function(value)
    return number_of(value, complain)
  end
end

function makers.int(complain, parameter)
  if PIDS[parameter.name] then
    return function(value)
      return wrap_int(number_of(value, complain)) % PID_LIMIT
    end
  end
  return function(value)
    return wrap_int(number_of(value, complain))
  end
end

--- A text ends at its first NUL.
function makers.string(complain)
  return function(value)
    if type(value) ~= "string" then
      value = type(value) == "number" and tostring(value) or complain(value)
    end
    return value:find("\0", 1, true) and value:match("^[^%z]*") or value
  end
end

--- Every value converts to a boolean, also a missing one: so trailing booleans may be omitted.
function makers.boolean()
  return function(value)
    return value ~= nil and value ~= false
  end
end

function makers.any()
  return function(value)
    return value
  end
end

--- The check of one parameter: a function from the Lua value to the C++ value. It does not return for a wrong type.
function M.checker(name, parameter, server)
  return makers[parameter.type](complainer(name, parameter, server), parameter)
end

return M
