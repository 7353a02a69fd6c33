--- Runs a command in a world of its own and records which functions of the server it called: for docs/commands.md.
local chat_log = require("timmy.state.chat_log")
local deferred = require("timmy.server.deferred")
local dialogs = require("timmy.state.dialogs")
local host = require("simulator.host")
local json = require("timmy.wire.json")
local questions = require("timmy.state.questions")
local trips = require("timmy.state.trips")

local M = {}

--- Turns of the loop in virtual time, enough for the clients to answer.
local TICK_MS, TICKS, MS_PER_S = 10, 300, 1000
local ALLOWED = { raw = true, chat_command = true, operate = true }

local now, called = 0, {}

local function watch(name, call)
  return function(...)
    called[name] = true
    return call(...)
  end
end

local function settle()
  for _ = 1, TICKS do
    now = now + TICK_MS
    host.tick()
  end
  called = {}
end

local function open(api, preconditions)
  host.start({ api = api, preconditions = preconditions, seed = 1, clock = function() return now end })
  for name, call in pairs(tes3mp) do
    if type(call) == "function" then tes3mp[name] = watch(name, call) end
  end
  chat_log.install()
  questions.install()
  dialogs.install()
  trips.install(function() return now / MS_PER_S end)
  settle()
end

local function act(name, arguments)
  local value, wrong = require("timmy.commands.registry").run(name, json.decode(arguments), ALLOWED)
  if value == nil then error(("the example of %s: %s"):format(name, wrong.message), 0) end
  return value
end

local function names_of(set)
  local names = {}
  for name in pairs(set) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, " ")
end

--- The functions that a command itself calls, sorted and separated by blanks, and whether its result is deferred.
-- `before`: commands that have to run first, each a name and its arguments as JSON. api, preconditions: paths.
function M.functions_of(api, preconditions, before, name, arguments)
  open(api, preconditions)
  for position = 1, #before, 2 do
    act(before[position], before[position + 1])
    settle()
  end
  called = {}
  local value = act(name, arguments)
  return names_of(called), deferred.is(value)
end

--- The names of all commands of the bridge.
function M.names()
  return table.concat(require("timmy.commands.registry").names, " ")
end

return M
