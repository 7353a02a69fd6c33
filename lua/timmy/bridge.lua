--- The whole bridge: settings, listener and message layer, driven by one timer that always runs.
local authority = require("timmy.game.authority")
local boot_id = require("timmy.server.boot_id")
local chat_log = require("timmy.state.chat_log")
local clock = require("timmy.server.clock")
local commands = require("timmy.commands.registry")
local compiler = require("timmy.server.compiler")
local configs = require("timmy.server.config")
local dialogs = require("timmy.state.dialogs")
local events = require("timmy.events.registry")
local followers = require("timmy.state.followers")
local guard = require("timmy.game.guard")
local joining = require("timmy.raw.joining")
local listeners = require("timmy.server.listener")
local log = require("timmy.server.log")
local npc_lines = require("timmy.state.npc_lines")
local player_location = require("timmy.state.player_location")
local players = require("timmy.state.players")
local questions = require("timmy.state.questions")
local received = require("timmy.raw.received")
local saves = require("timmy.game.saves")
local sections = require("timmy.sections.registry")
local services = require("timmy.server.service")
local sockets = require("timmy.server.sockets")
local trips = require("timmy.state.trips")

local M = {}

--- TES3MP's timers call a global function by its name.
local POLL_FUNCTION = "TimmyBridgePoll"
local MS_PER_S = 1000

--- While a client is connected, others wait no longer for their connection than before the first (`idle_poll_ms`).
local ACCEPT_EVERY_S = 0.01
--- A push waits no longer than this for others, so that one system call writes them all.
local PUSH_EVERY_S = 0.004

--- The share of a poll's budget after which no more of a push is read: the section that is being read then, and the
--- write, take the rest.
local PUSH_SHARE = 0.6

local listener, service, timer
local last_poll

local function copy_with(limits, mechanism, tokens)
  local copy = { mechanism = mechanism, tokens = tokens }
  for name, value in pairs(limits) do copy[name] = value end
  return copy
end

local function open_service(config)
  return services.new({
    boot = boot_id.new_id(),
    server_version = tostring(guard.GetServerVersion()),
    limits = config.limits,
    allow_raw = config.allow_raw,
    bots_at = config.bots_at,
    tick_ms = config.limits.poll_ms,
    commands = commands,
    sections = sections,
    players = players,
    player_location = player_location,
    trips = trips,
    clock_now = clock.now,
    game_now = clock.game_now,
    log = log,
  })
end

local function open_listener(config)
  return listeners.open({
    sockets = sockets,
    accept_every_s = ACCEPT_EVERY_S,
    push_every_s = PUSH_EVERY_S,
    host = config.host,
    port = config.port,
    limits = copy_with(config.limits, config.mechanism, config.tokens),
    on_message = function(peer, payload, delimited) service:on_message(peer, payload, delimited, clock.now()) end,
    on_close = function(peer) service:on_close(peer) end,
    log = function(text) log("info", text) end,
  })
end

--- One part of a poll. An error in it does not stop the other parts: a failure while the game's tables are read must
-- not delay answers.
local function part(act, ...)
  local ok, err = xpcall(act, debug.traceback, ...)
  if not ok then log("error", "a part of a poll failed: " .. tostring(err)) end
end

local function poll()
  local started = clock.now()
  local limits = service.limits
  local budget = limits.poll_budget_ms / MS_PER_S
  local stop, push_stop = started + budget, started + PUSH_SHARE * budget
  local function within_budget(now) return (now or clock.now()) < stop end
  local function may_push(now) return (now or clock.now()) < push_stop end
  part(listener.read, listener, started, within_budget)
  part(listener.accept, listener, started, within_budget)
  part(service.answer_late, service, started)
  -- Not `started`: what a message of this poll read before another one changed it must count as old.
  part(service.push, service, clock.now(), may_push)
  part(followers.look, started)
  local deferred = not may_push()
  part(listener.write, listener, started)
  service:note_load(started - (last_poll or started), clock.now() - started, deferred)
  last_poll = started
end

local function next_interval()
  return #listener.peers > 0 and service.limits.poll_ms or service.limits.idle_poll_ms
end

--- One poll, called by the timer. No error may leave it, because that would end the server. The timer is restarted in
-- any case: nothing else would do it.
function TimmyBridgePoll()
  local ok, err = xpcall(poll, debug.traceback)
  if not ok then log("error", "a poll failed: " .. tostring(err)) end
  guard.RestartTimer(timer, next_interval())
end

local function start_timer()
  timer = guard.CreateTimer(POLL_FUNCTION, service.limits.idle_poll_ms)
  guard.StartTimer(timer)
end

--- Receives the game's events.
local listener_of_events = {
  wants = function(event) return service:wants(event) end,
  happened = function(pid) service:happened(pid, clock.now()) end,
  emit = function(event, pid, name, data) service:emit(event, pid, name, data, clock.now()) end,
}

local function stay_off(why)
  guard.log("error", "timmy: the bridge stays off: " .. why)
end

local function no_port(config, why)
  stay_off(("port %d on %s can't be had (%s): set another port or host"):format(config.port, config.host, why))
end

--- Starts listening; to be called when the server is ready. A second call only logs a warning. A wrong setting is
-- logged with its remedy and leaves the bridge off: the game goes on without it. Afterwards `M.port` is the port, and
-- `M.boot` the identity of this server process.
function M.start()
  if listener then return guard.log("warn", "timmy: the bridge was started already") end
  local config, wrong = configs.load(guard.GetDataPath())
  if not config then return stay_off(wrong) end
  service = open_service(config)
  listener, wrong = open_listener(config)
  if not listener then return no_port(config, wrong) end
  M.port, M.boot, M.service, M.listener = listener.port, service.boot, service, listener
  chat_log.install()
  trips.install(clock.now, clock.game_now)
  events.install(listener_of_events)
  if config.allow_raw then received.listen() end
  joining.allow(config.raw_functions)
  authority.install(config.agents)
  questions.install()
  dialogs.install()
  npc_lines.install()
  followers.install()
  saves.install()
  local off = compiler.prepare()
  if off then guard.log("warn", "timmy: " .. off) end
  start_timer()
  guard.log("info", ("timmy: listening on %s:%d (%s)"):format(config.host, M.port, config.mechanism))
end

return M
