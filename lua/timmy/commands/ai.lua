--- AI packages of actors, run by the client that simulates their cell.
local commands = require("timmy.commands.thing_commands")
local errors = require("timmy.commands.errors")
local packets = require("timmy.game.actor_packets")
local players = require("timmy.state.players")
local things = require("timmy.state.things")

local M = {}

local function target_player(values)
  local pid, wrong = players.find(values.target_player)
  if not pid then return errors.refuse(wrong.code, wrong.message, "target_player") end
  return { pid = pid, name = values.target_player }
end

local function not_one_target(values)
  if (values.target_player == nil) ~= (values.target == nil) then return nil end
  return errors.new("bad_arguments", "give target_player (a name) or target (a unique index), one of them",
    "target_player")
end

--- A package's target: { pid } or { thing }, and its name in an answer.
local function target_of(values, actor)
  if values.target_player then return target_player(values) end
  local thing, wrong = things.object({ unique_index = values.target }, "unique_index")
  if not thing then return errors.refuse(wrong.code, wrong.message, "target") end
  if thing.unique_index == actor.unique_index then
    return errors.refuse("bad_arguments", "an actor can't be its own target", "target")
  end
  return { thing = thing, name = values.target }
end

--- Sets a package that CoreScripts send completely.
local function set(actor, action, whom, at)
  whom, at = whom or {}, at or {}
  _G.logicHandler.SetAIForActor(actor.cell, actor.unique_index, action, whom.pid,
    whom.thing and whom.thing.unique_index, at.x, at.y, at.z)
end

--- Stores a package as CoreScripts do, and sends it completely where they would not.
local function keep_and_send(actor, package, whom)
  whom = whom or {}
  actor.data.ai = _G.dataTableBuilder.BuildAIData(whom.pid, whom.thing and whom.thing.unique_index, package.action,
    package.x, package.y, package.z, package.distance, package.duration, package.repeats)
  things.note(actor, "ai")
  actor.cell:QuicksaveToDrive()
  package.target_pid, package.target = whom.pid, whom.thing
  packets.ai(actor, package)
end

local function enumerated(name) return _G.enumerations.ai[name] end

local function after_target(action)
  return function(actor, values)
    local whom, wrong = target_of(values, actor)
    if not whom then return nil, wrong end
    set(actor, enumerated(action), whom)
    return { target = whom.name }
  end
end

M.actor_travel = commands.of_actor(function(actor, values)
  set(actor, enumerated("TRAVEL"), nil, values)
  return { x = values.x, y = values.y, z = values.z }
end)

M.actor_follow = commands.of_actor(after_target("FOLLOW"), not_one_target)
M.actor_fight = commands.of_actor(after_target("COMBAT"), not_one_target)

M.actor_activate = commands.of_actor(after_target("ACTIVATE"))

M.actor_escort = commands.of_actor(function(actor, values)
  local whom, wrong = target_of(values, actor)
  if not whom then return nil, wrong end
  local x, y, z = values.x, values.y, values.z
  keep_and_send(actor, { action = enumerated("ESCORT"), x = x, y = y, z = z, duration = values.duration }, whom)
  return { target = whom.name, x = x, y = y, z = z }
end, not_one_target)

M.actor_wander = commands.of_actor(function(actor, values)
  keep_and_send(actor, { action = enumerated("WANDER"), distance = values.distance, duration = values.duration,
    repeats = values["repeat"] })
  return { distance = values.distance }
end)

M.actor_stop = commands.of_actor(function(actor) set(actor, enumerated("CANCEL")) end)

return M
