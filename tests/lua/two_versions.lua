--- The whole message layer over the simulator in virtual time, with clients of both versions of the protocol: for the
-- test that merging frames gives what a perception of version 1 has.
local commands = require("timmy.commands.registry")
local fakes = require("fakes")
local json = require("timmy.wire.json")
local permissions = require("timmy.wire.permissions")
local player_location = require("timmy.state.player_location")
local players = require("timmy.state.players")
local sections = require("timmy.sections.registry")
local services = require("timmy.server.service")
local stage = require("stage")
local trips = require("timmy.state.trips")

local M = {}

local service, newer, older

local function new_peer()
  local peer = { texts = {} }
  function peer.may(_, scope) return permissions.EVERYTHING[scope] == true end
  function peer.only_answers() return false end
  function peer.is_ready() return true end
  function peer.backlog() return 0 end
  local function take(_, text)
    peer.texts[#peer.texts + 1] = text
    return true
  end
  peer.push, peer.answer = take, take
  return peer
end

local function say(peer, message)
  service:on_message(peer, type(message) == "string" and message or json.encode(message), false, stage.seconds())
end

local function taken(peer)
  local texts = peer.texts
  peer.texts = {}
  return table.concat(texts, "\n")
end

--- Starts a world and a service, and says hello as a client of each version.
function M.open()
  stage.open()
  service = services.new({
    boot = "b00t", server_version = "0.8.1", limits = fakes.limits(), allow_raw = false, tick_ms = 1,
    commands = commands, sections = sections, players = players, player_location = player_location, trips = trips,
    log = function(_, text) error(text) end, clock_now = stage.seconds,
  })
  newer, older = new_peer(), new_peer()
  say(newer, { type = "hello", id = "h", client = "newer", protocol = 2 })
  say(older, { type = "hello", id = "h", client = "older" })
  taken(newer)
end

--- A message of the client of version 2.
function M.say(text) say(newer, text) end

--- What the client of version 2 received since the last call, a message a line.
function M.received() return taken(newer) end

--- What the client of version 1 gets when it asks for a player now.
function M.observe(player, radius, most)
  taken(older)
  say(older, { type = "observe", id = "o", player = player, radius = radius, most = most })
  return taken(older)
end

--- Lets time pass, and pushes what is due, with a budget that ends after `parts` sections.
function M.run(ms, parts)
  stage.run(ms)
  for _ = 1, 200 do
    local left = parts
    service:push(stage.seconds(), function()
      left = left - 1
      return left > 0
    end)
  end
end

--- Moves an actor of Timmy's cell in the server's list, or hurts it; `number` picks it.
function M.disturb(number, by, health)
  local cell = tes3mp.GetCell(0)
  local listed = stage.client().world.server.cells[cell]
  local actors = listed and listed.actors or {}
  if #actors == 0 then return end
  local actor = actors[number % #actors + 1]
  actor.x, actor.y, actor.healthCurrent = actor.x + by, actor.y - by, health
end

--- Swaps two actors in the server's list of Timmy's cell.
function M.swap(number)
  local listed = stage.client().world.server.cells[tes3mp.GetCell(0)]
  local actors = listed and listed.actors or {}
  if #actors < 2 then return end
  local at = number % (#actors - 1) + 1
  actors[at], actors[at + 1] = actors[at + 1], actors[at]
end

return M
