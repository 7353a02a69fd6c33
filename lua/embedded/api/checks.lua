--- What the C++ side does with an argument before a function runs: accept, convert, or end the process.
local M = {}

local PID_LIMIT = 65536 -- pids are C++ unsigned short
local INT_LOW, INT_HIGH, INT_WRAP = -2147483648, 2147483647, 4294967296
local EXACT_LIMIT = 2 ^ 53
local LONGEST_CELL = 10000

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
    server:kill(("tes3mp.%s: argument '%s' must be %s, got %s"):format(
      name, parameter.name, parameter.type, type(value)))
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

--- nil arrives as a null pointer, which nearly every function follows to its death. A text ends at its first NUL.
function makers.string(complain)
  return function(value)
    if type(value) ~= "string" then
      value = type(value) == "number" and tostring(value) or complain(value)
    end
    return value:find("\0", 1, true) and value:match("^[^%z]*") or value
  end
end

--- A cell's description is converted wherever it stands: numbers that are no C++ int are an exception, and a very long
--- text overflows the stack of the regular expression.
local function cell_complaint(name, value)
  local x, y = value:match("^(%-?%d+), (%-?%d+)$")
  if x and (math.abs(tonumber(x)) > INT_HIGH or math.abs(tonumber(y)) > INT_HIGH) then
    return ("tes3mp.%s: '%s' is outside a C++ int"):format(name, value)
  end
  return #value > LONGEST_CELL and ("tes3mp.%s: a cell's description of %d bytes"):format(name, #value)
end

function makers.cell(complain, _, name, server)
  local check = makers.string(complain)
  return function(value)
    local text = check(value)
    local complaint = cell_complaint(name, text)
    if complaint then server:kill(complaint) end
    return text
  end
end

--- Every value has a truth, a missing one too: this is why trailing booleans may be left out.
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

--- The check of one parameter: a function from what Lua gave to what C++ sees. It never returns for a wrong type.
function M.checker(name, parameter, server)
  local make = parameter.name == "cellDescription" and makers.cell or makers[parameter.type]
  return make(complainer(name, parameter, server), parameter, name, server)
end

return M
