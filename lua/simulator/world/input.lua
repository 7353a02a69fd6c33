--- The input of the simulated clients: what a player does with keys and mouse. The bridge's commands for it come here.
---
--- What a client is doing is in plain tables of the client (`moving`, `jump`, `using`, `swing`, `shield`); the commands
--- that wait for it are here, by player and activity.
local deferred = require("timmy.server.deferred")
local dialogue = require("simulator.world.dialogue")
local fighting = require("simulator.world.fighting")
local json = require("timmy.wire.json")
local movement = require("simulator.world.movement")
local reports = require("simulator.world.reports")
local sight = require("simulator.world.sight")
local using = require("simulator.world.using")

local M = {}
M.__index = M

local MOST_SEEN = 100

local verbs = { turn = movement.turn, jump = movement.jump, activate = using.activate, open = using.open,
  take = using.take, talk = using.talk, choose_topic = dialogue.choose_topic, barter = dialogue.barter,
  attack = fighting.attack, cast = fighting.cast, block = fighting.block }

function verbs.walk(client, values) return movement.start(client, "walk", values) end
function verbs.run(client, values) return movement.start(client, "run", values) end
function verbs.stop_moving(client) return { was_moving = movement.stop(client, "stopped") } end
function verbs.look(client, values) return { things = json.array(sight.around(client, values.radius, MOST_SEEN)) } end

function M.new(world)
  return setmetatable({ world = world, outcomes = {} }, M)
end

--- The command of an activity gets its result later. An earlier one for the same activity is settled first.
function M:defer(client, activity)
  self:settle(client, activity, nil, { code = "game_refused", message = "another command took its place" })
  local outcomes = self.outcomes[client.pid] or {}
  self.outcomes[client.pid] = outcomes
  outcomes[activity] = deferred.new()
  return outcomes[activity]
end

--- The result of an activity: a value, or nil and an error. Without a command that waits it is dropped.
function M:settle(client, activity, value, err)
  local outcomes = self.outcomes[client.pid]
  if outcomes and outcomes[activity] then
    local outcome = outcomes[activity]
    outcomes[activity] = nil
    outcome:settle(value, err)
  end
end

--- Whether a command waits for the activity, and its deadline has not passed.
local function is_awaited(self, client, activity)
  local outcome = (self.outcomes[client.pid] or {})[activity]
  return outcome ~= nil and not outcome.is_settled
end

local function refuse(message)
  return nil, { code = "game_refused", message = message }
end

--- Why a player can't do anything now, or nil.
local function obstacle(client)
  if client.dead then
    return "the player is dead: wait until it lives again"
  end
  if client.arriving then
    return "the player's client is loading a cell: wait until it has arrived"
  end
end

--- Why a verb is not possible for a player now; nil if it is.
function M:objection(pid, verb)
  local client = self.world.clients[pid]
  local why = obstacle(client)
  local window = client.window
  if not why and dialogue.NEED_WINDOW[verb]
    and not (window and window.kind == "dialogue" and client.loaded[window.cell]) then
    why = "no dialogue window is open: talk to somebody first"
  end
  return why
end

--- Does what a player does. Returns the result, nil and an error, or a deferred result. A player that is played no
--- longer wanders by itself.
function M:act(pid, verb, values)
  local client = self.world.clients[pid]
  local why = self:objection(pid, verb)
  if why then
    return refuse(why)
  end
  self.world:stop_wandering(client)
  local outcome, err = verbs[verb](client, values)
  if deferred.is(outcome) and outcome.is_settled then
    return outcome.value, outcome.error
  end
  return outcome, err
end

--- A command that is past its deadline no longer moves its player.
local function drop_expired(self, client)
  if client.moving and not is_awaited(self, client, "moving") then
    movement.stop(client, "expired")
  end
end

--- The server let a player use a thing.
function M.activated(_, client, index)
  using.allowed(client, index)
end

--- The server let a player make its choice in a dialogue.
function M.chosen(_, client, index)
  dialogue.allowed(client, index)
end

--- The contents of something changed: `entry` of the packet says how.
function M.taken(_, client, index, entry, action)
  if action == reports.REMOVE then
    using.taken(client, index, entry)
  end
end

--- One step of the world's time for a player.
function M:step(client, seconds)
  drop_expired(self, client)
  movement.step(client, seconds)
  using.step(client)
  dialogue.step(client)
  fighting.step(client)
end

--- A player left: its commands end.
function M:forget(client)
  for _, outcome in pairs(self.outcomes[client.pid] or {}) do
    outcome:settle(nil, { code = "no_such_player", message = "the player left", field = "player" })
  end
  self.outcomes[client.pid] = nil
end

return M
