--- The real listener and message layer over a game that stands still, as a process of its own.
--
-- Usage: luajit listener_server.lua ROOT SOCKETS MECHANISM TOKEN [limit=value ...]
-- SOCKETS is "luasocket" or "ffi". Prints one JSON line with the port when it listens, one with what it did when its
-- standard input ends, and its log on stderr. A perception's world section changes at every reading.
local root, socket_kind, mechanism, token = ...
package.path = root .. "/lua/?.lua;" .. root .. "/tests/lua/?.lua;" .. package.path

require("timmy.server.compiler").prepare()
local ffi = require("ffi")
local clock = require("timmy.server.clock")
local fakes = require("fakes")
local json = require("timmy.wire.json")
local listeners = require("timmy.server.listener")
local permissions = require("timmy.wire.permissions")
local services = require("timmy.server.service")

ffi.cdef [[
typedef struct { int fd; short events; short revents; } timmy_test_poll;
int poll(timmy_test_poll *entries, unsigned long count, int timeout_ms);
]]

local POLLIN = 1
local stdin = ffi.new("timmy_test_poll[1]", { { fd = 0, events = POLLIN } })

--- Waits a tick, as the server's loop does; true when the standard input ended.
local function wait_a_tick()
  return ffi.C.poll(stdin, 1, 1) > 0
end

local function given_limits(...)
  local limits = {}
  for _, text in ipairs({ ... }) do
    local name, value = text:match("^([%w_]+)=(.+)$")
    limits[name] = tonumber(value)
  end
  return fakes.limits(limits)
end

local function log(text) io.stderr:write(text, "\n") end

local limits = given_limits(select(5, ...))
local game = fakes.new_game()
local hour = 0
game.values[0].inventory = { items = json.array({}), truncated = false, padding = ("x"):rep(limits.padding or 0) }
for pid = 0, 1 do
  game.values[pid].world = function()
    hour = hour + 1
    return { hour = hour }
  end
end

local options = fakes.services(game)
options.boot, options.server_version, options.tick_ms, options.allow_raw = "b00t", "0.8.1", 1, false
options.limits = limits
options.log = function(_, text) log(text) end
local service = services.new(options)

local listener_limits = fakes.limits(limits)
listener_limits.mechanism, listener_limits.tokens = mechanism, { { secret = token, scopes = permissions.EVERYTHING } }
local listener = assert(listeners.open({
  sockets = require(socket_kind == "ffi" and "timmy.server.socket_ffi" or "socket"),
  host = "127.0.0.1",
  port = 0,
  limits = listener_limits,
  on_message = function(peer, payload, delimited) service:on_message(peer, payload, delimited, clock.now()) end,
  on_close = function(peer) service:on_close(peer) end,
  log = log,
}))

local polls, worst = 0, 0

local function poll()
  local now = clock.now()
  local stop = now + limits.poll_budget_ms / 1000
  local function within_budget() return clock.now() < stop end
  listener:read(now, within_budget)
  listener:accept(now, within_budget)
  service:push(now, within_budget)
  listener:write(now)
  local took = clock.now() - now
  service:note_load(took, took)
  polls, worst = polls + 1, math.max(worst, took)
end

print(json.encode({ port = listener.port }))
io.stdout:flush()
repeat poll() until wait_a_tick()
print(json.encode({ polls = polls, worst_ms = worst * 1000, accepted = listener.accepted, ran = #game.ran }))
