--- The embedded world in lockstep: its time (the server's and the bridge's) passes only in `turn`; messages reach the
--- bridge's message layer without a socket. Everything else is the bridge's own code.
local answers = require("timmy.server.answers")
local host = require("simulator.host")
local json = require("timmy.wire.json")
local protocol = require("timmy.wire.protocol")

local M = {}

local TICK_MS = 50 -- a step of the world
local MS_PER_S = 1000
local EPOCH_S = 1767225600 -- 2026-01-01 UTC: the calendar time at which every lockstep world starts
local CLIENT = '{"type":"hello","id":"hello","client":"lockstep"}'

local now_ms = 0
local peer

--- A listening socket to which nobody connects.
local silent = {
  bind = function()
    return {
      settimeout = function() return 1 end,
      getsockname = function() return "0.0.0.0", 0 end,
      accept = function() return nil, "timeout" end,
    }
  end,
}

--- The only client. It reads everything at once, and may do what the bridge's settings allow anybody.
local function new_peer()
  local created = { answers = {}, pushes = {} }
  function created.may() return true end
  function created.only_answers() return false end
  function created.is_ready() return true end
  function created.backlog() return 0 end
  function created.answer(_, text) created.answers[#created.answers + 1] = text end
  function created.push(_, text)
    created.pushes[#created.pushes + 1] = text
    return true
  end
  return created
end

local function bridge()
  return host.loaded("timmy.bridge")
end

local function service()
  return bridge().service
end

local function send(payload)
  service():on_message(peer, payload, false, now_ms / MS_PER_S)
end

--- Starts the world; its clocks are replaced before any script is loaded, so that equal inputs give equal worlds.
--- options: as host.start's, without `clock` and `began_s`; `events`: the names of the events to report; `listen`:
--- accept connections too.
function M.start(options)
  now_ms, peer = 0, new_peer()
  require("timmy.server.clock").now = function() return now_ms / MS_PER_S end
  if not options.listen then package.loaded["timmy.server.sockets"] = silent end
  options.clock, options.began_s = function() return now_ms end, EPOCH_S
  host.start(options)
  local listener = bridge().listener
  listener.accept_every_s, listener.push_every_s = 0, 0 -- in time that stands still, later is never
  send(CLIENT)
  send(json.encode { type = "subscribe", id = "subscribe", sections = json.array {},
    events = json.array(options.events or {}) })
  peer.answers = {}
end

local function advance(ms)
  local stop = now_ms + ms
  while now_ms < stop do
    now_ms = math.min(now_ms + TICK_MS, stop)
    if not host.tick() then return end
    service():answer_late(now_ms / MS_PER_S)
  end
end

--- The perception that an `observe` message asks for, as it is now: it does not wait for the end of a trip.
local function observe(payload)
  local message, err = protocol.read(payload)
  local seen = message and answers.snapshot(service(), message, now_ms / MS_PER_S) or protocol.error(err)
  return json.encode(seen)
end

local function take(list)
  local taken = table.concat(peer[list], ",")
  peer[list] = {}
  return taken
end

--- One turn: sends a `command` message, lets `ms` of game time pass, and answers an `observe` message; both may be nil.
--- Returns an object as JSON: game_ms, answers (to this command and earlier ones), events, perception.
function M.turn(command, ms, observed)
  if command then send(command) end
  advance(ms)
  local seen = observed and observe(observed) or "null"
  return '{"game_ms":' .. now_ms .. ',"answers":[' .. take("answers") .. '],"events":[' .. take("pushes")
    .. '],"perception":' .. seen .. "}"
end

--- Accepts and answers what connected clients have sent, without any time passing.
function M.poll()
  _G.TimmyBridgePoll()
end

--- Why the server died, or nil.
M.death = host.death

return M
