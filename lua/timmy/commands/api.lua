--- The raw API: runs functions of the server's script API by name, as one batch within one tick. Only if the operator
-- has set `allow_raw`.
local batch = require("timmy.raw.batch")
local checks = require("timmy.wire.checks")
local joining = require("timmy.raw.joining")
local json = require("timmy.wire.json")
local trips = require("timmy.state.trips")

local M = { name = "api" }

local MOST_CALLS, MOST_ARGUMENTS, LONGEST_NAME = 256, 16, 64

local function wrong_call(call)
  if not json.is_object(call) then return "", "must be an object with name and arguments" end
  if type(call.name) ~= "string" or call.name == "" or #call.name > LONGEST_NAME then
    return ".name", "must be a function's name"
  end
  local list = call.arguments
  if list ~= nil and not (json.is_array(list) and #list <= MOST_ARGUMENTS) then
    return ".arguments", "must be a list of at most " .. MOST_ARGUMENTS .. " arguments"
  end
  for name in pairs(call) do
    if name ~= "name" and name ~= "arguments" then
      return "." .. tostring(name):sub(1, LONGEST_NAME), "is no part of a call"
    end
  end
end

M.fields = {
  { name = "player", check = checks.name },
  { name = "calls", check = function(value)
    if not json.is_array(value) or #value < 1 or #value > MOST_CALLS then
      return "must be a list of 1 to " .. MOST_CALLS .. " calls"
    end
  end },
}

--- Checked before everything else about the command, so that a server without the raw API always gives the same answer.
function M.permitted(context)
  if context.allow_raw then return true end
  return false, "the script API is off here; the operator can set allow_raw (in timmy_config, or for the embedded"
    .. " world under [world] in timmy.toml), and the client's token needs the scope raw"
end

--- The calls, with an empty list where arguments are missing; or nil and an error.
local function calls_of(list)
  local calls = {}
  for position, call in ipairs(list) do
    local part, problem = wrong_call(call)
    if problem then
      local place = "calls." .. position - 1 .. part
      return nil, { code = "bad_arguments", message = place .. ": " .. problem, field = place }
    end
    calls[position] = { name = call.name, arguments = call.arguments or {} }
  end
  return calls
end

function M.run(pid, values, context)
  local calls, err = calls_of(values.calls)
  err = err or batch.judge(calls) or joining.judge(calls)
  if err then return nil, err end
  local results
  results, err = trips.follow(pid, context.revision, batch.run, calls)
  if err then return nil, err end
  return { results = results }
end

return { M }
