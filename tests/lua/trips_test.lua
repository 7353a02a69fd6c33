--- The location that is reported of a player during a teleport, in a world whose clients take as long as those observed
-- on a real server.
local acting = require("acting")
local harness = require("harness")
local sections = require("timmy.sections.registry")
local stage = require("stage")
local trips = require("timmy.state.trips")

local equal, holds, test = harness.equal, harness.holds, harness.test

local HOME = { "-2, -9", -11264, -70912 }
local BALMORA = { "-3, -2", -23894, -15079 }

local function place_of(pid)
  local seen = sections.read("position", pid or 0, { now = stage.seconds() })
  return { seen.cell, seen.x, seen.y }
end

--- The places that a player was said to be at, each once, while `ms` pass.
local function places_during(ms, pid)
  local seen = {}
  for _ = 1, ms / 10 do
    stage.run(10)
    trips.look(stage.seconds())
    local place = place_of(pid)
    local last = seen[#seen]
    if not last or last[1] ~= place[1] or last[2] ~= place[2] or last[3] ~= place[3] then seen[#seen + 1] = place end
  end
  return seen
end

--- The command of this number, on Timmy.
local function do_as(revision, name, arguments)
  return acting.done(name, arguments, { revision = revision, chat_command = true, raw = true })
end

test("reports only the begin and the end of a teleport to another cell", function()
  stage.open()
  equal(place_of(), HOME)
  do_as(7, "teleport", { to = "Balmora" })
  equal({ place_of(), trips.revision(0, stage.seconds()) }, { HOME, 7 })
  equal(places_during(1000), { HOME, BALMORA })
  equal(trips.revision(0, stage.seconds()), nil)
end)

test("reports more locations without that", function()
  stage.open()
  acting.done("teleport", { to = "Balmora" })
  local seen = {}
  for _ = 1, 100 do
    stage.run(10)
    seen[tes3mp.GetCell(0) .. " " .. tes3mp.GetPosX(0)] = true
  end
  local count = 0
  for _ in pairs(seen) do count = count + 1 end
  holds(count >= 2, "the simulated client arrives at once: nothing is shown by the tests of this file")
end)

test("reports the begin of a teleport within a cell until it is complete", function()
  stage.open()
  do_as(1, "teleport", { x = -10000, y = -71000, z = 250 })
  equal(places_during(1000), { HOME, { "-2, -9", -10000, -71000 } })
end)

test("is not misled by packets that the client sent before the request", function()
  stage.open()
  do_as(1, "teleport", { x = -10000, y = -71000, z = 250 })
  tes3mp.SetPos(0, HOME[2], HOME[3], 220)
  trips.look(stage.seconds())
  equal(place_of(), HOME)
  equal(places_during(1000), { HOME, { "-2, -9", -10000, -71000 } })
end)

test("reports nothing between for an interior", function()
  stage.open()
  local inside = { "Balmora, Guild of Mages", 100, 200 }
  do_as(1, "teleport", { cell = inside[1], x = inside[2], y = inside[3], z = 3 })
  local seen = places_during(1500)
  equal({ seen[1], seen[#seen], #seen }, { HOME, inside, 2 })
end)

test("stays where it was when the client does not know the cell, and reports it soon", function()
  stage.open()
  do_as(1, "teleport", { cell = "No such place", x = 1, y = 2, z = 3 })
  equal(places_during(3000), { HOME })
  equal(trips.revision(0, stage.seconds()), nil)
end)

test("lets go of one whose client never answers", function()
  stage.open()
  do_as(1, "teleport", { x = -10000, y = -71000, z = 250 })
  stage.client().world.event_queue:forget(stage.client().trip)
  tes3mp.SetPos(0, -11000, -70000, 220)
  equal(places_during(3000), { HOME, { "-2, -9", -11000, -70000 } })
end)

test("follows the newest of two teleports, from where the first began", function()
  stage.open()
  do_as(1, "teleport", { to = "Balmora" })
  stage.run(120)
  do_as(2, "teleport", { to = "Pelagiad" })
  equal(trips.revision(0, stage.seconds()), 1)
  equal(places_during(1500), { HOME, { "0, -7", 1248, -56800 } })
end)

test("reports other players the same way: never where they were not", function()
  stage.open()
  local function sees()
    local others = {}
    for _, other in ipairs(sections.read("nearby_players", 1, { radius = 32768, now = stage.seconds() }).players) do
      others[#others + 1] = { other.cell, other.x, other.y }
    end
    return others[1]
  end
  do_as(1, "teleport", { cell = "-2, -10", x = -11000, y = -75000, z = 250 })
  for _ = 1, 200 do
    stage.run(10)
    trips.look(stage.seconds())
    local seen = sees()
    holds(seen[3] == HOME[3] or seen[3] == -75000, "seen at " .. seen[3])
  end
  equal(sees(), { "-2, -10", -11000, -75000 })
end)

test("sends one beside another who is under way where that one is going", function()
  stage.open()
  do_as(1, "teleport", { to = "Balmora" })
  stage.run(110)
  equal(acting.done("teleport", { player = "Jiub", to_player = "Timmy" }),
    { cell = "-3, -2", x = -23894, y = -15079, z = 505 })
end)

test("forgets one who leaves on the way", function()
  stage.open()
  do_as(1, "teleport", { to = "Balmora" })
  stage.host.disconnect(0)
  equal(trips.revision(0, stage.seconds()), nil)
  local pid = stage.host.connect("Nerevar")
  equal(trips.revision(pid, stage.seconds()), nil)
end)

test("starts no trip for a command that moves nobody", function()
  stage.open()
  do_as(1, "give_item", { item = "gold_001" })
  equal(trips.revision(0, stage.seconds()), nil)
end)

test("follows a player whom functions of the script API send elsewhere", function()
  stage.open()
  local json = require("timmy.wire.json")
  do_as(3, "api", { calls = json.array({
    { name = "SetPos", arguments = json.array({ 0, -10000, -71000, 250 }) },
    { name = "SendPos", arguments = json.array({ 0 }) },
  }) })
  equal({ place_of(), trips.revision(0, stage.seconds()) }, { HOME, 3 })
  equal(places_during(1000), { HOME, { "-2, -9", -10000, -71000 } })
end)

local RESPAWN = { "-2, -9", -11050, -70620 }
local JIUB_FAR = { "-3, -2", -23900, -15000 }

--- Has Jiub stand in Balmora.
local function with_jiub_far()
  stage.open()
  stage.host.move(1, JIUB_FAR[2], JIUB_FAR[3], 505)
  stage.settle()
  equal(place_of(1), JIUB_FAR)
end

test("reports only the death and the revival location of a respawn", function()
  with_jiub_far()
  Players[1]:Resurrect()
  equal({ place_of(1), trips.is_under_way(1, stage.seconds()), trips.revision(1, stage.seconds()) },
    { JIUB_FAR, true, nil })
  equal(places_during(1500, 1), { JIUB_FAR, RESPAWN })
  equal(trips.is_under_way(1, stage.seconds()), false)
end)

test("does so too when the player dies in the cell of its revival", function()
  stage.open()
  Players[0]:Resurrect()
  equal(places_during(1500), { HOME, RESPAWN })
end)

test("reports the middle of the cell without that", function()
  stage.open()
  Players[0]:Resurrect()
  local was_elsewhere = false
  for _ = 1, 100 do
    stage.run(10)
    local x = tes3mp.GetPosX(0)
    was_elsewhere = was_elsewhere or (x ~= HOME[2] and x ~= RESPAWN[2])
  end
  holds(was_elsewhere, "the simulated client does not load the cell it is sent to")
end)

test("follows whom a moderator fetches", function()
  with_jiub_far()
  Players[0].data.settings.staffRank = 1
  stage.host.chat(0, "/tp 1")
  equal(places_during(1500, 1), { JIUB_FAR, HOME })
end)

test("follows whom a moderator's command through the bridge fetches, as that command's doing", function()
  with_jiub_far()
  Players[0].data.settings.staffRank = 1
  do_as(5, "chat_command", { text = "/tp all" })
  equal({ trips.revision(1, stage.seconds()), trips.is_under_way(0, stage.seconds()) }, { 5, false })
  equal(places_during(1500, 1), { JIUB_FAR, HOME })
end)

test("keeps the number of a command that comes while the server sends the player elsewhere", function()
  with_jiub_far()
  Players[1]:Resurrect()
  do_as(6, "teleport", { player = "Jiub", to = "Pelagiad" })
  equal(trips.revision(1, stage.seconds()), 6)
  equal(places_during(1500, 1), { JIUB_FAR, { "0, -7", 1248, -56800 } })
end)

test("counts no login as a trip", function()
  stage.open()
  Players[1].cellsLoaded = {}
  for pid = 0, 1 do
    tes3mp.SetCell(pid, "-3, -2")
    tes3mp.SendCell(pid)
  end
  equal({ trips.is_under_way(0, stage.seconds()), trips.is_under_way(1, stage.seconds()) }, { true, false })
end)

test("reports each step of a player whom a script moves", function()
  stage.open()
  for step = 1, 5 do
    tes3mp.SetPos(0, HOME[2] + 50 * step, HOME[3], 220)
    tes3mp.SendPos(0)
    equal(place_of(), { HOME[1], HOME[2] + 50 * step, HOME[3] })
  end
end)

test("follows no place that a script set and did not send", function()
  stage.open()
  tes3mp.SetPos(0, -10000, -71000, 250)
  trips.look(stage.seconds())
  tes3mp.SetPos(0, -10050, -71000, 250)
  tes3mp.SendPos(0)
  equal(trips.is_under_way(0, stage.seconds()), false)
end)

test("lets go of one that a script sends about for ever", function()
  stage.open()
  local was_elsewhere = false
  for jump = 1, 130 do
    tes3mp.SetPos(0, HOME[2] + (jump % 7) * 200, HOME[3], 220)
    tes3mp.SendPos(0)
    stage.run(100)
    trips.look(stage.seconds())
    was_elsewhere = was_elsewhere or place_of()[2] ~= HOME[2]
  end
  holds(was_elsewhere, "a player that is always under way is never said to be anywhere else")
end)

test("lets go of one that entered the cell and is somewhere else in it", function()
  stage.open()
  do_as(1, "teleport", { player = "Jiub", cell = "Balmora, Guild of Mages", x = 10, y = 20, z = 30 })
  stage.run(3000)
  local seen = place_of(1)
  equal(seen[1], "Balmora, Guild of Mages")
  holds(seen[2] == tes3mp.GetPosX(1))
end)
