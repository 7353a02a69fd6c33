local harness = require("harness")

local test, equal, holds, contains = harness.test, harness.equal, harness.holds, harness.contains

local TIMER = 7

--- A server that records what the bridge calls; every use loads the bridge's modules again.
local function new_server(settings, sockets)
  for name in pairs(package.loaded) do
    if name:find("^timmy%.") or name == "timmy_bridge" or name == "timmy_config" then package.loaded[name] = nil end
  end
  local server = { log = {}, timers = {}, handlers = {} }
  _G.enumerations = { log = { ERROR = 3 } }
  _G.Players = {}
  _G.tes3mp = {
    LogMessage = function(level, text) server.log[#server.log + 1] = level .. " " .. text end,
    CreateTimer = function(name, interval)
      server.timers[#server.timers + 1] = { "create", name, interval }
      return TIMER
    end,
    StartTimer = function(id) server.timers[#server.timers + 1] = { "start", id } end,
    RestartTimer = function(id, interval) server.timers[#server.timers + 1] = { "restart", id, interval } end,
    GetDataPath = function() return "/nowhere" end,
    GetServerVersion = function() return "0.8.1" end,
  }
  _G.customEventHooks = {
    registerHandler = function(name, act) server.handlers[name] = act end,
    registerValidator = function() end,
  }
  package.loaded.timmy_config = settings
  package.loaded["timmy.server.sockets"] = sockets
  return server
end

local function socket_library(accept)
  local listening = { settimeout = function() return 1 end, getsockname = function() return "127.0.0.1", 4321 end }
  listening.accept = accept or function() return nil, "timeout" end
  return { bind = function() return listening end }
end

local function quiet_peer()
  local silent = { settimeout = function() end, setoption = function() end, close = function() end }
  function silent.receive() return nil, "timeout", "" end
  function silent.send(_, data) return #data end
  return silent
end

local function start(settings, sockets)
  local server = new_server(settings, sockets or socket_library())
  require("timmy_bridge")
  server.handlers.OnServerPostInit()
  return server
end

local function logged(server) return table.concat(server.log, "\n") end

test("loading it raises nothing, whatever is missing", function()
  new_server(nil, nil)
  _G.customEventHooks = nil
  require("timmy_bridge")
  new_server(nil, nil)
  _G.customEventHooks, _G.tes3mp, _G.enumerations = nil, nil, nil
  require("timmy_bridge")
end)

test("it listens and logs it, on one timer", function()
  local server = start({ mechanism = "NULL", port = 0 })
  contains(logged(server), "timmy: listening on 127.0.0.1:4321 (NULL)")
  equal(require("timmy.bridge").port, 4321)
  equal(#require("timmy.bridge").boot, 32)
  equal(server.timers, { { "create", "TimmyBridgePoll", 10 }, { "start", TIMER } })
end)

test("it polls every 10 ms alone, and every 1 ms in company", function()
  local peer = quiet_peer()
  local server = start({ mechanism = "NULL" }, socket_library(function()
    local socket = peer
    peer = nil
    return socket, not socket and "timeout" or nil
  end))
  _G.TimmyBridgePoll()
  equal(server.timers[3], { "restart", TIMER, 1 })
  server = start({ mechanism = "NULL" })
  _G.TimmyBridgePoll()
  equal(server.timers[3], { "restart", TIMER, 10 })
end)

test("an error in a poll is logged, and the timer is armed again", function()
  local server = start({ mechanism = "NULL" }, socket_library(function() error("the network is on fire") end))
  for _ = 1, 100 do _G.TimmyBridgePoll() end
  contains(logged(server), "the network is on fire")
  equal(#server.timers, 102)
  holds(#server.log < 20, "the log is flooded")
end)

test("an error in one part of a poll keeps no other part from its turn", function()
  local sent, socket = "", quiet_peer()
  function socket.send(_, data)
    sent = sent .. data
    return #data
  end
  start({ mechanism = "NULL" }, socket_library(function()
    if not socket then error("the network is on fire") end
    local newcomer = socket
    socket = nil
    return newcomer
  end))
  _G.TimmyBridgePoll()
  equal(#sent, 64)
end)

test("a push has a later time than what the messages of its poll read", function()
  local read_at, pushed_at
  start({ mechanism = "NULL" }, socket_library(function()
    read_at = require("timmy.server.clock").now()
    return nil, "timeout"
  end))
  require("timmy.bridge").service.push = function(_, now) pushed_at = now end
  _G.TimmyBridgePoll()
  holds(pushed_at > read_at, "the push has the time at which the poll began")
end)

test("a wrong setting leaves it off, with one log line that says what to change", function()
  for _, case in ipairs({
    { { prot = 1 }, "unknown setting prot" },
    { { token_file = "/nowhere/token" }, "umask 077" },
    { { host = "0.0.0.0" }, "allow_remote" },
    { 5, "must return a table" },
  }) do
    local server = start(case[1])
    equal(#server.log, 1)
    contains(server.log[1], case[2])
    contains(server.log[1], "stays off")
    equal(server.timers, {})
  end
end)

test("a second start changes nothing", function()
  local server = start({ mechanism = "NULL" })
  package.loaded["timmy.server.sockets"].bind = function() return nil, "address already in use" end
  server.handlers.OnServerPostInit()
  contains(logged(server), "started already")
  _G.TimmyBridgePoll()
  equal(server.timers, { { "create", "TimmyBridgePoll", 10 }, { "start", TIMER }, { "restart", TIMER, 10 } })
end)

test("a port in use leaves it off and is logged", function()
  local server = start({ mechanism = "NULL" }, { bind = function() return nil, "address already in use" end })
  contains(logged(server), "port 7979 on 127.0.0.1 can't be had (address already in use)")
  equal(server.timers, {})
end)

test("without any socket library it stays off and logs why", function()
  local server = new_server({ mechanism = "NULL" }, nil)
  local preload = package.preload
  preload["timmy.server.sockets"] = function() error("no sockets on this machine") end
  require("timmy_bridge")
  server.handlers.OnServerPostInit()
  preload["timmy.server.sockets"] = nil
  contains(logged(server), "no sockets on this machine")
  equal(server.timers, {})
end)
