--- The simulator of a TES3MP 0.8.1 server with CoreScripts: `start` creates the globals and the world, `tick` is one
--- turn of the server's loop. Whatever would end the real process ends this one, through `die`.
local client_input = require("timmy.game.client_input")
local clock = require("simulator.clock")
local dialogs = require("simulator.world.dialogs")
local drive = require("simulator.core.drive")
local events = require("simulator.events")
local game_time = require("simulator.game_time")
local load_test_crowd = require("simulator.world.load_test_crowd")
local objects = require("simulator.world.objects")
local population = require("simulator.world.population")
local registry = require("simulator.api.registry")
local seed_data = require("simulator.world.seed_data")
local server_core = require("simulator.core.server_core")
local server_state = require("simulator.server")
local socket_guard = require("simulator.socket_guard")
local timer_loop = require("simulator.timer_loop")
local world_sim = require("simulator.world.world_sim")

local M = {}

--- The pieces of a step: those of the world itself, so that everything in it happens at its own time.
local PIECE_MS = 50
local MS_PER_S = 1000

local server, world, time

--- A JSON file's contents, or the given table.
local function load_table(source)
  if type(source) == "table" then
    return source
  end
  local file = assert(io.open(source, "r"))
  local text = file:read("*a")
  file:close()
  local decoded, reason = require("timmy.wire.json").decode(text)
  return decoded or error(source .. ": " .. tostring(reason))
end

local function default_die(reason)
  error("the server died: " .. reason, 0)
end

local function as_set(names)
  local set = {}
  for _, name in ipairs(names or {}) do set[name] = true end
  return set
end

local system_time = os.time

--- The game time since the start, in seconds.
local function game_s()
  return (server.clock() - server.started) / MS_PER_S
end

--- The bridge counts game time by this server's clock, and the calendar follows it too: in a frozen world no second
--- passes for any script. `began_s`: the calendar time at the start, in seconds since 1970.
local function set_clocks(began_s)
  require("timmy.server.clock").game_now = game_s
  os.time = function(date) -- luacheck: ignore 122
    return date and system_time(date) or began_s + math.floor(game_s())
  end
end

local function make_server(options)
  local real_clock = options.clock or clock.monotonic_ms
  time = game_time.new(real_clock)
  server = server_state.new {
    clock = function() return time:now() end, unfrozen_clock = function() return time:unfrozen() end,
    unfrozen = as_set(options.unfrozen), die = options.die or default_die,
    report = options.report or function() end, ledger = options.ledger, seed = options.seed or 1,
    data_path = options.data_path, port = options.port,
  }
  local api = server_core.publish("tes3mp", {})
  registry.build(api, server, load_table(options.api), load_table(options.preconditions))
end

local function load_scripts(names)
  for _, name in ipairs(names) do
    local ok, problem = xpcall(require, debug.traceback, name)
    server:check_alive()
    if not ok then
      server:kill("error while loading " .. name .. ": " .. tostring(problem))
    end
  end
end

local function people(names)
  _G.WorldInstance.data.journal = population.journal()
  seed_data.write(server, _G.WorldInstance)
  for _, name in ipairs(names) do
    world:connect(name)
  end
  world:settle()
end

--- Starts a server: globals, then `scripts` (module names, as customScripts.lua requires them), OnServerInit and
--- OnServerPostInit, then the players log in and arrive. A second start replaces the first.
---
--- options: api, preconditions (tables or paths of the JSON files); seed; clock() in ms; began_s: what `os.time`
--- returns at the start (default: the real time); unfrozen: timers' functions that run on in a frozen world, as the
--- bridge's does; die(reason), which should not return; report(line) for the log; ledger(player, item, count), for what
--- reaches a client's inventory; scripts; client_input (false: the bridge can't play the clients, as on a real server);
--- players (names, default Timmy and Jiub), or crowd: a number of players far from each other, with company: actors
--- around each; data_path; port; core_scripts ("newest" or "release": see core/version.lua).
function M.start(options)
  make_server(options)
  socket_guard.install(function(line) server.report(line) end)
  server_core.install(options.core_scripts)
  world = world_sim.new(server, options.seed or 1)
  client_input.attach(options.client_input ~= false and world.input or nil)
  set_clocks(options.began_s or system_time())
  load_scripts(options.scripts or {})
  for _, event in ipairs { "OnServerInit", "OnRequestDataFileList", "OnServerPostInit" } do
    events.fire(server, event)
  end
  if options.crowd then
    load_test_crowd.gather(world, options.crowd, options.company or 0)
  end
  people(options.players or options.crowd and load_test_crowd.names(options.crowd) or population.PLAYERS)
end

--- One turn of the loop: clients' packets, then the timers. False once a script has asked the server to stop.
function M.tick()
  server:check_alive()
  world:advance(server.clock())
  timer_loop.run(server)
  return server.stop_code == nil
end

--- Freezes the world: clients, actors, weather and scripts' timers wait, and packets and commands are still handled.
--- `by` names who did. Returns the report of simulator.game_time.
function M.freeze(by)
  time:freeze(by)
  return time:report()
end

--- Lets a frozen world go on.
function M.thaw()
  time:thaw()
  return time:report()
end

function M.report_time()
  return time:report()
end

--- Lets `ms` of game time pass in a frozen world at once; nil if it is not frozen.
function M.step(ms)
  if not time.frozen_by then return nil end
  while ms > 0 and server.stop_code == nil do
    time:move(math.min(ms, PIECE_MS))
    M.tick()
    ms = ms - PIECE_MS
  end
  time:count_step()
  return time:report()
end

--- Shuts the server down.
function M.stop()
  if not server.dead then
    events.fire(server, "OnServerExit", false)
  end
end

--- Why the process died, or nil.
function M.death()
  return server.dead
end

--- The simulated client of a connected player (see world/client.lua), or nil.
function M.player(name)
  return world:find(name)
end

--- A player connects, logs in and arrives immediately. Returns its pid.
function M.connect(name)
  local pid = world:connect(name)
  world:settle()
  return pid
end

function M.disconnect(pid)
  world:disconnect(pid)
end

--- A player sends a chat line.
function M.chat(pid, text)
  events.fire(server, "OnPlayerSendMessage", pid, text)
end

--- A player dies. killer: {pid = }, {name = , refId = }, or nil.
function M.kill(pid, killer)
  world.clients[pid]:set_health(0, killer)
end

--- A player answers the newest dialog box: the number of a button or line, or a text.
function M.answer(pid, data)
  dialogs.answer(world.clients[pid], data)
end

--- A player uses an object of a cell: { refNum, mpNum, refId }.
function M.activate(pid, cell, object)
  objects.use(world.clients[pid], cell, object)
end

--- An actor dies, by its refNum. False if no client has loaded its cell.
function M.kill_actor(refNum, killer_pid)
  return world.actors:kill(refNum, killer_pid)
end

--- A client's packet arrives: `kind` is actors, objects or worldstate; `packet` is what the functions of that kind
--- read; `event` is the event that the server raises for it, if any.
function M.receive(kind, packet, event, pid, ...)
  server.received[kind] = packet
  if event then
    events.fire(server, event, pid, ...)
  end
end

--- A player walks to a position in one step, across a border if necessary.
function M.move(pid, x, y, z)
  world.clients[pid]:walk(x, y, z)
end

--- A module that a script has loaded, or nil if it was not loaded or failed to load.
function M.loaded(name)
  local module = package.loaded[name]
  return type(module) == "table" and module or nil
end

--- A player's save, by name; nil for a player that never joined.
function M.saved(name)
  return drive.load("player/" .. name .. ".json")
end

return M
