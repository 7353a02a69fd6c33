--- A message layer to talk to, as a client does, over a game of two players.
local fakes = require("fakes")
local json = require("timmy.wire.json")
local permissions = require("timmy.wire.permissions")
local services = require("timmy.server.service")

local M = {}

local NOW = 1000 -- seconds on the server's clock: 1,000,000 ms

local function new_peer(socket_type, scopes)
  local peer = { answers = {}, pushes = {}, delimiters = {} }
  function peer.may(_, scope) return (scopes or permissions.EVERYTHING)[scope] == true end
  function peer.only_answers() return socket_type == "REQ" end
  function peer.is_ready() return not peer.closed end
  function peer.backlog() return 0 end
  function peer.push(_, text)
    peer.pushes[#peer.pushes + 1] = json.decode(text)
    return true
  end
  function peer.answer(_, text, delimited)
    peer.answers[#peer.answers + 1], peer.delimiters[#peer.delimiters + 1] = json.decode(text), delimited
  end
  function peer.close(_, reason) peer.closed = reason end
  function peer.finish(_, reason) peer.closed = reason end
  return peer
end

local function new_service(limits, allow_raw)
  local game, log = fakes.new_game(), {}
  local options = fakes.services(game)
  options.boot, options.server_version, options.tick_ms, options.allow_raw = "b00t", "0.8.1", 1, allow_raw or false
  options.limits = fakes.limits(limits)
  options.log = function(_, text) log[#log + 1] = text end
  return services.new(options), game, log
end

local function ask(service, peer, message, now)
  local text = type(message) == "string" and message or json.encode(message)
  service:on_message(peer, text, false, now or NOW)
  return peer.answers[#peer.answers]
end

local function introduced(limits, name)
  local service, game, log = new_service(limits)
  local peer = new_peer("DEALER")
  ask(service, peer, { type = "hello", id = "h", client = name or "tester" })
  return service, peer, game, log
end

local function command(id, replaced)
  local message = { type = "command", id = id, name = "message", arguments = { player = "Timmy" }, deadline = 1e6 }
  for name, value in pairs(replaced or {}) do message[name] = value end
  return message
end

M.NOW, M.new_peer, M.new_service, M.ask, M.introduced, M.command = NOW, new_peer, new_service, ask, introduced, command

return M
