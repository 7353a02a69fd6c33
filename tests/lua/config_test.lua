local harness = require("harness")
local config = require("timmy.server.config")
local limits = require("timmy.server.limits")
local throttle = require("timmy.server.throttle")
local tokens = require("timmy.wire.token")

local test, equal, holds, contains = harness.test, harness.equal, harness.holds, harness.contains

local GOOD_TOKEN = "0123456789abcdefghij"

local function with_file(content, mode, act)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(content)
  file:close()
  os.execute("chmod " .. mode .. " '" .. path .. "'")
  local ok, err = pcall(act, path)
  os.remove(path)
  if not ok then error(err, 0) end
end

local function with_settings(settings, act)
  package.loaded.timmy_config = settings
  local ok, err = pcall(act)
  package.loaded.timmy_config = nil
  if not ok then error(err, 0) end
end

local function refused(given, words)
  local settings, why = config.check(given)
  equal(settings, nil)
  for _, word in ipairs(words) do contains(why, word) end
end

test("without settings the defaults hold", function()
  local settings = config.check({})
  equal({ settings.host, settings.port, settings.mechanism }, { "127.0.0.1", 7979, "PLAIN" })
  equal({ settings.allow_remote, settings.allow_raw }, { false, false })
  for name, limit in pairs(limits) do equal(settings.limits[name], limit.default) end
end)

test("every default is inside its own range", function()
  for name, limit in pairs(limits) do
    equal(config.check({ limits = { [name] = limit.default } }).limits[name], limit.default)
  end
end)

test("a mistake names the key and what it may be", function()
  refused("x", { "table" })
  refused({ prot = 1 }, { "prot", "known:", "port" })
  refused({ port = "7979" }, { "port", "whole number" })
  refused({ port = 65536 }, { "port", "65535" })
  refused({ port = 1.5 }, { "port" })
  refused({ host = "" }, { "host" })
  refused({ mechanism = "CURVE" }, { "mechanism", "PLAIN", "NULL" })
  refused({ allow_raw = 1 }, { "allow_raw", "true or false" })
  for _, agents in ipairs({ "Timmy", { 1 }, { "" }, { name = "Timmy" } }) do
    refused({ agents = agents }, { "agents", "a list of players' names" })
  end
  for _, address in ipairs({ "here", "here:0", "here:65536", ":25565", "a b:1", "here:1\n", true }) do
    refused({ bots_at = address }, { "bots_at", "HOST:PORT" })
  end
  refused({ raw_functions = { "Kick" } }, { "raw_functions", "who may join" })
  refused({ raw_functions = "BanAddress" }, { "raw_functions", "a list" })
  refused({ limits = 5 }, { "limits" })
  refused({ limits = { max_peer = 5 } }, { "limits.max_peer", "max_peers" })
  refused({ limits = { max_peers = 0 } }, { "limits.max_peers", "1 to 1024" })
  refused({ limits = { poll_ms = 1.5 } }, { "limits.poll_ms", "whole" })
  refused({ limits = { handshake_s = 0 / 0 } }, { "limits.handshake_s" })
  refused({ limits = { heartbeat_interval_s = 10 } }, { "heartbeat_timeout_s (6)", "heartbeat_interval_s (10)" })
  refused({ limits = { pending_bytes = 4096 } }, { "limits.pending_bytes", "limits.backlog_bytes" })
end)

test("beyond loopback it wants allow_remote and PLAIN", function()
  refused({ host = "0.0.0.0" }, { "allow_remote = true" })
  refused({ host = "192.168.1.5", allow_remote = true, mechanism = "NULL" }, { "PLAIN" })
  holds(config.check({ host = "0.0.0.0", allow_remote = true }))
  for _, host in ipairs({ "127.0.0.1", "127.1.2.3", "::1", "localhost" }) do
    holds(config.check({ host = host, mechanism = "NULL" }))
  end
  refused({ host = "127.0.0.1.evil", mechanism = "NULL" }, { "allow_remote" })
end)

test("a file with a mistake is reported, and a missing one means the defaults", function()
  package.preload.timmy_config = function() error("error loading module:\n\ttimmy_config.lua:3: '=' expected", 0) end
  local settings, why = config.load("nowhere")
  package.preload.timmy_config, package.loaded.timmy_config = nil, nil
  equal(settings, nil)
  contains(why, "error loading module: timmy_config.lua:3: '=' expected")
  settings, why = config.load("/nowhere")
  equal(settings, nil)
  contains(why, "umask 077")
  contains(why, "/nowhere/timmy.token")
end)

test("NULL needs no token", function()
  with_settings({ mechanism = "NULL" }, function() equal(config.load("/nowhere").mechanism, "NULL") end)
end)

local EVERYTHING = { observe = true, act = true, chat_command = true, raw = true }

test("a token stands alone on its line, white space around it or not, and is good for everything", function()
  with_file("  " .. GOOD_TOKEN .. "\r\n", "600", function(path)
    local expected = { { secret = GOOD_TOKEN, scopes = EVERYTHING } }
    equal(tokens.read(path), expected)
    with_settings({ token_file = path }, function() equal(config.load("/nowhere").tokens, expected) end)
  end)
end)

test("a file has several tokens, each with the scopes on its line", function()
  local content = "# ours\n" .. GOOD_TOKEN .. " observe, act\n\n" .. GOOD_TOKEN .. "2 operate\n" .. GOOD_TOKEN .. "3"
  with_file(content, "600", function(path)
    equal(tokens.read(path), {
      { secret = GOOD_TOKEN, scopes = { observe = true, act = true } },
      { secret = GOOD_TOKEN .. "2", scopes = { operate = true } },
      { secret = GOOD_TOKEN .. "3", scopes = EVERYTHING },
    })
  end)
end)

test("an error in a token file is reported with the line, never with the token", function()
  local wrong = {
    [GOOD_TOKEN .. " see"] = 'line 1 has the scope "see" after its token; there are: observe, act, chat_command,',
    [GOOD_TOKEN .. "\nshort"] = "line 2 must hold 16 to 255 characters",
    ["# nothing\n\n"] = "holds no token",
    [(GOOD_TOKEN .. "\n"):rep(17)] = "holds more than 16 tokens",
  }
  for content, told in pairs(wrong) do
    with_file(content, "600", function(path)
      local found, why = tokens.read(path)
      equal(found, nil)
      contains(why, told)
      holds(not why:find(GOOD_TOKEN, 1, true), "the token is told")
    end)
  end
end)

test("a token file that others can read is refused with the remedy", function()
  for _, mode in ipairs({ "640", "604", "620", "666" }) do
    with_file(GOOD_TOKEN, mode, function(path)
      local token, why = tokens.read(path)
      equal(token, nil)
      contains(why, "chmod 600")
    end)
  end
end)

test("a token that is too short or too long is refused", function()
  for _, content in ipairs({ "short", ("x"):rep(256) }) do
    with_file(content, "600", function(path)
      local token, why = tokens.read(path)
      equal(token, nil)
      contains(why, "16 to 255")
    end)
  end
end)

test("lines that others can cause are bounded, and what was left out is counted", function()
  local now, lines = 0, {}
  local log = throttle.new(function(_, text) lines[#lines + 1] = text end, function() return now end)
  for number = 1, 100 do log("info", "line " .. number) end
  equal(#lines, 10)
  now = 10
  log("info", "later")
  contains(lines[11], "90 lines")
  equal(lines[12], "later")
end)

test("what strangers cause hides no error", function()
  local lines = {}
  local log = throttle.new(function(level, text) lines[#lines + 1] = level .. " " .. text end, function() return 0 end)
  for number = 1, 100 do log("info", "peer " .. number .. " closed") end
  log("error", "a poll failed")
  equal(lines[#lines], "error a poll failed")
end)
