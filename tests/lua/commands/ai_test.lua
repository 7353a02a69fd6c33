local acting = require("acting")
local followers = require("timmy.state.followers")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, holds, test = harness.equal, harness.holds, harness.test

local SEYDA, FARGOTH, GUARD = "-2, -9", "102001-0", "102004-0"

local function cell() return LoadedCells[SEYDA] end
local function client(name) return stage.host.player(name or "Timmy") end
local function simulated() return client().world.actors:find(102001, 0) end
local function kept() return cell().data.objectData[FARGOTH].ai end

local function fargoth(more)
  more = more or {}
  more.unique_index = FARGOTH
  return more
end

local function distance_to(x, y)
  local actor = simulated()
  return math.sqrt((actor.x - x) ^ 2 + (actor.y - y) ^ 2)
end

--- Lets the world go on for a while.
local function wait()
  for _ = 1, 12 do stage.settle() end
end

test("lets an actor walk to a point and stay there", function()
  stage.open()
  done("actor_travel", fargoth({ x = -11000, y = -70500, z = 214 }))
  equal({ kept().action, kept().posX, tableHelper.containsValue(cell().data.packets.ai, FARGOTH) },
    { enumerations.ai.TRAVEL, -11000, true })
  wait()
  holds(distance_to(-11000, -70500) < 5, "it is not there")
end)

test("lets an actor follow a player, or another actor", function()
  stage.open()
  stage.host.move(0, -11600, -71300, 220)
  equal(done("actor_follow", fargoth({ target_player = "Timmy" })).target, "Timmy")
  equal({ kept().action, kept().targetPlayer }, { enumerations.ai.FOLLOW, "Timmy" })
  wait()
  holds(distance_to(client().x, client().y) < 200, "it did not follow")
  done("actor_follow", fargoth({ target = GUARD }))
  equal({ kept().targetUniqueIndex, kept().targetPlayer }, { GUARD, nil })
end)

test("sends a follower's package again to a client that takes over, and in another cell", function()
  stage.open()
  followers.install()
  done("actor_follow", fargoth({ target_player = "Timmy" }))
  followers.look(1)
  stage.forget()
  followers.look(2)
  equal(stage.calls("SendActorAI"), {}, "nothing changed")
  cell().authority = 1 - cell().authority
  followers.look(2.1)
  equal(stage.calls("SendActorAI"), {}, "it looks twice a second")
  followers.look(3)
  equal({ #stage.calls("SendActorAI"), stage.calls("SetActorAITargetToPlayer")[1][2] }, { 1, 0 })
  equal(stage.calls("SetActorListPid")[1][2], cell().authority)
  stage.forget()
  kept().targetPlayer = "Nerevar"
  cell().authority = 1 - cell().authority
  followers.look(4)
  done("actor_stop", fargoth())
  cell().authority = 1 - cell().authority
  stage.forget()
  followers.look(5)
  equal(stage.calls("SendActorAI"), {}, "who is not here is followed by nobody, and who was stopped follows nobody")
end)

test("sends a follower's package again to a client that takes over after nobody had the cell", function()
  stage.open()
  followers.install()
  done("actor_follow", fargoth({ target_player = "Timmy" }))
  followers.look(1)
  local authority = cell().authority
  cell().authority = nil
  followers.look(2)
  stage.forget()
  cell().authority = authority
  followers.look(3)
  followers.look(4)
  equal(#stage.calls("SendActorAI"), 1, "another client may be in the same slot")
end)

test("sends an escort its destination, which CoreScripts leave out", function()
  stage.open()
  stage.host.move(0, simulated().x, simulated().y, 220)
  done("actor_escort", fargoth({ target_player = "Timmy", x = -11000, y = -70500, z = 214 }))
  equal({ kept().action, kept().targetPlayer, kept().posX }, { enumerations.ai.ESCORT, "Timmy", -11000 })
  local package = simulated().ai
  equal({ package.x, package.target_pid }, { -11000, 0 })
  wait()
  holds(distance_to(-11000, -70500) < 5, "it did not lead the way")
end)

test("sends a wanderer both its distance and its duration", function()
  stage.open()
  local home = { simulated().x, simulated().y }
  done("actor_wander", fargoth({ distance = 300, duration = 5 }))
  local package = simulated().ai
  equal({ package.distance, package.duration, package.repeats }, { 300, 5, true })
  wait()
  holds(distance_to(home[1], home[2]) < 430, "it went too far")
end)

test("lets an actor attack, use an object, and stop", function()
  stage.open()
  done("actor_fight", fargoth({ target = GUARD }))
  equal({ kept().action, simulated().ai.target_ref_num }, { enumerations.ai.COMBAT, 102004 })
  done("actor_stop", fargoth())
  equal({ kept().action, simulated().ai.action }, { enumerations.ai.CANCEL, enumerations.ai.CANCEL })
  local x, y = simulated().x, simulated().y
  wait()
  equal({ simulated().x, simulated().y }, { x, y })
  done("actor_activate", fargoth({ target = "103001-0" }))
  equal({ simulated().activated, kept().action }, { "103001-0", enumerations.ai.CANCEL })
end)

test("reaches everybody who has the cell loaded", function()
  stage.open()
  done("actor_travel", fargoth({ x = -11000, y = -70500, z = 214 }))
  for _, name in ipairs({ "Timmy", "Jiub" }) do equal(client(name).received.ActorAI.cell, SEYDA) end
end)

local WITH_TARGET = { actor_follow = {}, actor_fight = {}, actor_escort = { x = -11000, y = -70500, z = 214 } }

test("wants one target, and one that is there", function()
  for name, arguments in pairs(WITH_TARGET) do
    local function try(target, target_player, code, field)
      arguments.target, arguments.target_player, arguments.unique_index = target, target_player, FARGOTH
      declined(name, arguments, code, field)
    end
    try(nil, nil, "bad_arguments", "target_player")
    try(GUARD, "Timmy", "bad_arguments", "target_player")
    try(FARGOTH, nil, "bad_arguments", "target")
    try("1-0", nil, "no_such_target", "target")
    try(nil, "Nerevar", "no_such_player", "target_player")
  end
end)

local EVERY = { actor_travel = { x = 1, y = 1, z = 1 }, actor_follow = { target_player = "Timmy" },
  actor_escort = { target_player = "Timmy", x = 1, y = 1, z = 1 }, actor_wander = {},
  actor_fight = { target_player = "Jiub" }, actor_activate = { target = "103001-0" }, actor_stop = {} }

test("declines every package with a reason", function()
  for name, arguments in pairs(EVERY) do
    arguments.unique_index, arguments.cell = "103002-0", SEYDA
    declined(name, arguments, "no_such_target", "unique_index")
    arguments.unique_index, arguments.cell = FARGOTH, "9, 9"
    declined(name, arguments, "no_such_cell", "cell")
    arguments.cell = nil
    stage.open()
    cell().authority = nil
    refused(name, arguments, "game_refused", "unique_index")
    stage.open()
    stage.host.kill_actor(102001)
    stage.settle()
    refused(name, arguments, "no_such_target", "unique_index")
  end
end)

acting.covers("ai")
