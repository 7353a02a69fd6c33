--- A game for tests of commands: a freshly started simulator that records every call that reaches it.
local chat_log = require("timmy.state.chat_log")
local dialogs = require("timmy.state.dialogs")
local host = require("simulator.host")
local questions = require("timmy.state.questions")
local trips = require("timmy.state.trips")

local M = { host = host }

local DATA = require("test_root") .. "/timmy_actors/embedded/data/"
--- Turns of the loop in virtual time, enough for a client to answer a teleport.
local TICK_MS, SETTLING_TICKS = 10, 300

local now, calls = 0, {}

--- The virtual time.
function M.seconds() return now / 1000 end

--- In addition to the preconditions that the simulator enforces: no NaN and no infinity is sent to clients.
local function is_sane(value)
  return type(value) ~= "number" or (value == value and math.abs(value) ~= math.huge)
end

local function watch(name, call)
  return function(...)
    for position = 1, select("#", ...) do
      if not is_sane((select(position, ...))) then error("no number to send reached tes3mp." .. name) end
    end
    calls[#calls + 1] = { name, ... }
    return call(...)
  end
end

--- Starts a new world with Timmy (slot 0) and Jiub (slot 1) in Seyda Neen. A server that ends fails the test.
-- options: core_scripts, client_input, data_path, api, preconditions, as host.start's.
function M.open(options)
  local chosen = options or {}
  host.start({
    core_scripts = chosen.core_scripts, client_input = chosen.client_input,
    data_path = chosen.data_path, api = chosen.api or DATA .. "api-0.8.1.json",
    preconditions = chosen.preconditions or DATA .. "preconditions-0.8.1.json", seed = 1,
    clock = function() return now end,
    die = function(reason) error("the server ended: " .. reason, 0) end,
  })
  for name, call in pairs(tes3mp) do
    if type(call) == "function" then tes3mp[name] = watch(name, call) end
  end
  chat_log.install()
  questions.install()
  dialogs.install()
  trips.install(M.seconds)
  M.settle()
end

--- Lets the clients answer.
function M.settle()
  M.run(SETTLING_TICKS * TICK_MS)
  calls = {}
end

--- Discards the calls so far: those of a test itself.
function M.forget()
  calls = {}
end

--- Lets some time pass.
function M.run(ms)
  for _ = 1, ms / TICK_MS do
    now = now + TICK_MS
    host.tick()
  end
end

--- A simulated client, by its player's name.
function M.client(name)
  return host.player(name or "Timmy")
end

--- The calls of the functions of these names since the world last settled, in order: { name, arguments... }.
function M.calls(...)
  local wanted, found = {}, {}
  for _, name in ipairs({ ... }) do wanted[name] = true end
  for _, call in ipairs(calls) do
    if wanted[call[1]] then found[#found + 1] = call end
  end
  return found
end

local function is_question(name)
  return name:find("^Get") or name:find("^Is") or name:find("^Does") or name:find("^Read")
end

--- The names of all calls that changed the server or left it, since the world last settled.
function M.effects()
  local found = {}
  for _, call in ipairs(calls) do
    if not is_question(call[1]) then found[#found + 1] = call[1] end
  end
  return found
end

return M
