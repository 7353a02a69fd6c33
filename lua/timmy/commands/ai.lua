--- AI packages of actors, run by the client that simulates their cell.
local checks = require("timmy.wire.checks")
local commands = require("timmy.commands.thing_commands")
local errors = require("timmy.commands.errors")
local packets = require("timmy.game.actor_packets")
local placement = require("timmy.state.placement")
local players = require("timmy.state.players")
local things = require("timmy.state.things")

--- Durations in game hours.
local LONGEST_DURATION = 1000
local FARTHEST = 32768

local TARGETS = {
  { name = "target_player", check = checks.name, optional = true },
  { name = "target", check = things.unique_index, optional = true },
}

local POINT = { { name = "x", check = placement.coordinate }, { name = "y", check = placement.coordinate },
  { name = "z", check = placement.coordinate } }

local function target_player(values)
  local pid, wrong = players.find(values.target_player)
  if not pid then return errors.refuse(wrong.code, wrong.message, "target_player") end
  return { pid = pid, told = values.target_player }
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
  return { thing = thing, told = values.target }
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
    return { target = whom.told }
  end
end

local travel = commands.of_actor("actor_travel", POINT, function(actor, values)
  set(actor, enumerated("TRAVEL"), nil, values)
  return { x = values.x, y = values.y, z = values.z }
end)

local follow = commands.of_actor("actor_follow", TARGETS, after_target("FOLLOW"), not_one_target)
local fight = commands.of_actor("actor_fight", TARGETS, after_target("COMBAT"), not_one_target)

local activate = commands.of_actor("actor_activate", { { name = "target", check = things.unique_index } },
  after_target("ACTIVATE"))

local DURATION = { name = "duration", check = checks.integer(0, LONGEST_DURATION), default = 0 }

local escort = commands.of_actor("actor_escort", commands.fields(TARGETS, POINT, { DURATION }), function(actor, values)
  local whom, wrong = target_of(values, actor)
  if not whom then return nil, wrong end
  local x, y, z = values.x, values.y, values.z
  keep_and_send(actor, { action = enumerated("ESCORT"), x = x, y = y, z = z, duration = values.duration }, whom)
  return { target = whom.told, x = x, y = y, z = z }
end, not_one_target)

local wander = commands.of_actor("actor_wander", {
  { name = "distance", check = checks.integer(0, FARTHEST), default = 512 }, DURATION,
  { name = "repeat", check = checks.boolean, default = true },
}, function(actor, values)
  keep_and_send(actor, { action = enumerated("WANDER"), distance = values.distance, duration = values.duration,
    repeats = values["repeat"] })
  return { distance = values.distance }
end)

local stop = commands.of_actor("actor_stop", {}, function(actor) set(actor, enumerated("CANCEL")) end)

return { travel, follow, escort, wander, fight, activate, stop }
