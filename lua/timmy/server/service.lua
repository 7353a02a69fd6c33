--- The message layer: handles peers' messages, queues answers and pushes. It uses neither sockets nor the game's
-- functions, only the options that it was created with.
local answers = require("timmy.server.answers")
local clients = require("timmy.server.client")
local clock = require("timmy.server.clock")
local costs = require("timmy.server.costs")
local dedupe = require("timmy.server.dedupe")
local event_filter = require("timmy.server.event_filter")
local json = require("timmy.wire.json")
local observers = require("timmy.server.observers")
local permissions = require("timmy.wire.permissions")
local protocol = require("timmy.wire.protocol")
local pushes = require("timmy.server.pushes")
local readings = require("timmy.server.readings")
local waiting = require("timmy.server.waiting")

local Service = {}
Service.__index = Service

local M = {}

M.BRIDGE_VERSION = "0.1.0"

--- Seconds between updates of the list of players: the longest delay of a new player's first perception.
local ROSTER_INTERVAL_S = 0.1

--- options: boot, server_version, limits, allow_raw, bots_at, tick_ms, commands, sections, players, player_location,
-- trips, log(level, text), clock_now() in monotonic seconds; game_now() in seconds, real time if it is absent.
function M.new(options)
  local service = setmetatable({ by_peer = {}, by_client = {}, order = {}, roster = {}, roster_due = 0, revision = 0,
    done = {} }, Service)
  for name, value in pairs(options) do service[name] = value end
  service.memory = dedupe.new(options.limits.remember_s, options.limits.remembered, options.limits.remembered_bytes)
  service.waiting, service.observers = waiting.new(), observers.new()
  service.readings = readings.new(options.sections, function(text) options.log("error", text) end, options.allow_raw)
  service.costs = costs.new()
  return service
end

--- Number of connections that have sent a message.
function Service:peer_count()
  return #self.order
end

--- What `welcome` says about the server, and about what this client may do.
function Service:facts(client)
  return {
    version = self.server_version,
    bridge = M.BRIDGE_VERSION,
    tick_ms = self.tick_ms,
    features = json.array(self.allow_raw and { "dedupe", "revision", "raw" } or { "dedupe", "revision" }),
    scopes = json.array(permissions.of(client.peer, self.allow_raw)),
    commands = json.array(self.commands.names),
    sections = json.array(self.sections.names),
    events = json.array(protocol.EVENTS),
    limits = self.limits,
    bots_at = self.bots_at,
  }
end

local function client_of(self, peer)
  local client = self.by_peer[peer]
  if not client then
    client = clients.new(peer)
    self.by_peer[peer] = client
    self.order[#self.order + 1] = client
  end
  return client
end

--- Ends a connection whose client has connected again, and tells it why: two clients with one name would otherwise keep
-- ending each other's connections. A REQ peer gets answers only.
local function supersede(older, now)
  local err = { code = "not_permitted", message = "another connection said hello as this client", field = "client" }
  if not older.peer:only_answers() then older.peer:push(json.encode(protocol.error(err))) end
  older.peer:finish("the client said hello on another connection", now)
end

--- Sets a client's name and ends an older connection of that name. Returns an error if the older connection has
-- more permissions: a name alone must not end a client's connection or give access to its results.
function Service:introduce(client, name, now)
  local older = self.by_client[name]
  if older and older ~= client then
    if not permissions.covers(client.peer, older.peer) then
      local message = "a client of this name is connected, and its token allows more than this one: take another name"
      return { code = "not_permitted", message = message, field = "client" }
    end
    supersede(older, now)
  end
  if client.name and self.by_client[client.name] == client then self.by_client[client.name] = nil end
  client.name, client.caller = name, dedupe.caller(permissions.token_name(client.peer), name)
  self.by_client[name] = client
end

local function refused(message, err)
  local answer = message.type == "command" and protocol.result(message.id, nil, err)
  return answer or protocol.error(err, message.id)
end

local function answer_to(self, client, payload, now, asker)
  local message, err, id = protocol.read(payload)
  if not message then return protocol.error(err, id) end
  if not client.name and message.type ~= "hello" then
    return protocol.error({ code = "bad_message", message = "say hello first", field = "type" }, message.id)
  end
  err = permissions.error_of_message(client.peer, message.type)
  if err then return refused(message, err) end
  return answers[message.type](self, client, message, now, asker)
end

local function send_answer(self, asker, answer)
  if type(answer) == "string" then return asker.peer:answer(answer, asker.delimited) end
  local text, why = json.encode(answer)
  if not text then
    self.log("error", "an answer can't be encoded as JSON: " .. why)
    text = json.encode(protocol.error({ code = "internal", message = "the answer could not be written" }, answer.id))
  end
  asker.peer:answer(text, asker.delimited)
end

--- Handles one message and queues its answer, unless the answer comes later.
function Service:on_message(peer, payload, delimited, now)
  local asker = { peer = peer, delimited = delimited }
  local answer = answer_to(self, client_of(self, peer), payload, now, asker)
  if answer ~= nil then send_answer(self, asker, answer) end
end

--- Game time in seconds, `now` on a server that cannot be frozen.
function Service:game_time(now)
  return self.game_now and self.game_now() or now
end

--- Whether a player is on a trip: sent to another place and not arrived yet.
function Service:is_under_way(name, now)
  local pid = self.players.find(name)
  return pid ~= nil and self.trips.is_under_way(pid, self:game_time(now))
end

local function answer_observers(self, now)
  local function is_under_way(name) return self:is_under_way(name, now) end
  for _, entry in ipairs(self.observers:take_due(is_under_way, now)) do
    send_answer(self, entry.asker, answers.snapshot(self, entry.message, now))
  end
end

--- Answers the deferred commands that are settled or expired, and the `observe` requests of players who have arrived.
function Service:answer_late(now)
  if #self.observers.waiting > 0 then answer_observers(self, now) end
  for _, entry in ipairs(self.waiting:take_settled(clock.to_ms(now))) do
    local text = answers.late(self, entry, now)
    for _, asker in ipairs(entry.askers) do asker.peer:answer(text, asker.delimited) end
  end
end

--- Removes a closed peer.
function Service:on_close(peer)
  local client = self.by_peer[peer]
  if not client then return end
  self.by_peer[peer] = nil
  if self.by_client[client.name or ""] == client then self.by_client[client.name] = nil end
  for position = #self.order, 1, -1 do
    if self.order[position] == client then table.remove(self.order, position) end
  end
end

--- The revision of a new command: perceptions whose `revision` is at least this number show its effect.
function Service:next_revision()
  self.revision = self.revision + 1
  return self.revision
end

--- Notes that a command was done on a player: the next perception is sent even if no section changed.
function Service:note_done(name, revision)
  self.done[name] = math.max(self.done[name] or 0, revision)
end

--- The revision that a perception of the player has now. A command that caused a trip counts once the player has
-- arrived.
function Service:revision_of(pid, now)
  local under_way = self.trips.revision(pid, self:game_time(now))
  return under_way and math.max(0, under_way - 1) or self.revision
end

--- A command was given for a player: earlier readings of that player are no longer valid.
function Service:touch(name, now)
  for _, player in ipairs(self.roster) do
    if player.name == name then self.readings:touch(player.pid, now) end
  end
end

--- The same for an event of a player.
function Service:happened(pid, now)
  self.readings:touch(pid, now)
end

--- Whether any client asked for this kind of event.
function Service:wants(event)
  for _, client in ipairs(self.order) do
    if client.subscription and client.subscription:wants(event) then return true end
  end
  return false
end

--- Sends an event to every client that subscribed to it.
function Service:emit(event, pid, name, data, now)
  -- Another player may get the same slot before the next update of the list.
  if event == "disconnect" then self.roster_due = 0 end
  local happening = { event = event, pid = pid, name = name, data = data }
  for _, client in ipairs(self.order) do
    local subscription = client.subscription
    if subscription and event_filter.reaches(subscription, happening, self.roster, self.player_location) then
      local pushed, why = client:push({
        type = "event", event = event, player = name, pid = pid, now = clock.to_ms(now), data = data,
      })
      if not pushed then self.log("error", "event " .. event .. " can't be encoded as JSON: " .. why) end
    end
  end
end

local function same_roster(one, other)
  if #one ~= #other then return false end
  for position, player in ipairs(one) do
    if player.pid ~= other[position].pid or player.name ~= other[position].name then return false end
  end
  return true
end

--- Updates the list of players. If nothing changed, the table stays the same: subscriptions compare tables to see
-- whether they have to update.
local function look_at_roster(self, now)
  if now < self.roster_due then return end
  self.roster_due = now + ROSTER_INTERVAL_S
  local roster = self.players.online()
  if same_roster(roster, self.roster) then return end
  self.roster = roster
  self.readings:keep(roster)
  local done = {}
  for _, player in ipairs(roster) do done[player.name] = self.done[player.name] end
  self.done = done
end

--- Pushes the due perceptions, while `within_budget(now)`; without an argument it looks at the clock itself.
function Service:push(now, within_budget)
  local game_now = self:game_time(now)
  self.stands_still, self.looked_at = self.game_now ~= nil and game_now == self.looked_at, game_now
  self.trips.look(game_now)
  if #self.order == 0 then return end
  look_at_roster(self, now)
  pushes.run(self, now, within_budget)
end

--- Records a poll's load, for each client's next `pong`.
function Service:note_load(tick_s, poll_s, deferred)
  for _, client in ipairs(self.order) do client.load:add(tick_s, poll_s, deferred) end
end

return M
