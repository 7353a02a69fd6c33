local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

--- A world in which nobody is in anything yet.
local function open()
  stage.open()
  local world, player = WorldInstance.data, Players[0].data
  world.factionRanks, world.factionReputation, world.factionExpulsion = {}, {}, {}
  player.factionRanks, player.factionReputation, player.factionExpulsion = {}, {}, {}
  for _, name in ipairs({ "Timmy", "Jiub" }) do stage.client(name).factions = {} end
end

test("lets a player join and rise, with everybody while ranks are shared", function()
  open()
  equal(done("set_faction_rank", { faction = "Mages Guild", rank = 2 }), { faction = "mages guild", rank = 2 })
  equal(WorldInstance.data.factionRanks, { ["mages guild"] = 2 })
  equal(Players[0].data.factionRanks, {})
  for _, name in ipairs({ "Timmy", "Jiub" }) do equal(stage.client(name).factions["mages guild"].rank, 2, name) end
  equal(stage.calls("SetFactionChangesAction"), { { "SetFactionChangesAction", 0, enumerations.faction.RANK } })
end)

test("keeps to the player what the server does not share", function()
  open()
  config.shareFactionRanks, config.shareFactionReputation = false, false
  done("set_faction_rank", { faction = "telvanni", rank = 9 })
  done("set_faction_reputation", { faction = "telvanni", reputation = -5 })
  equal({ Players[0].data.factionRanks, WorldInstance.data.factionRanks }, { { telvanni = 9 }, {} })
  equal(Players[0].data.factionReputation, { telvanni = -5 })
  equal(stage.client("Jiub").factions, {})
end)

test("sends nothing but the faction that changed", function()
  open()
  done("set_faction_rank", { faction = "mages guild", rank = 2 })
  done("set_faction_rank", { faction = "temple", rank = 1 })
  local received = stage.client().received.Faction.factions
  equal({ #received, received[1].id, received[1].rank }, { 1, "temple", 1 })
end)

test("gives only ranks that are sure to exist: of a faction that it does not know, the first", function()
  declined("set_faction_rank", { faction = "league of probes", rank = 1 }, "bad_arguments", "rank")
  declined("set_faction_rank", { faction = "league of probes", rank = "high" }, "bad_arguments", "rank")
  equal(done("set_faction_rank", { faction = "league of probes", rank = 0 }).rank, 0)
end)

test("sets what a faction thinks of a player", function()
  open()
  equal(done("set_faction_reputation", { faction = "Temple", reputation = 12 }),
    { faction = "temple", reputation = 12 })
  equal({ WorldInstance.data.factionReputation.temple, stage.client().factions.temple.reputation }, { 12, 12 })
end)

test("expels a player and takes it back, for that player alone by default", function()
  open()
  done("set_faction_expelled", { faction = "temple", expelled = true })
  equal({ Players[0].data.factionExpulsion.temple, stage.client().factions.temple.is_expelled }, { true, true })
  equal({ WorldInstance.data.factionExpulsion, stage.client("Jiub").factions }, { {}, {} })
  done("set_faction_expelled", { faction = "temple", expelled = false })
  equal({ Players[0].data.factionExpulsion.temple, stage.client().factions.temple.is_expelled }, { false, false })
end)

test("lets a player leave from the first rank, on every client that shares it", function()
  open()
  done("set_faction_rank", { faction = "temple", rank = 0 })
  equal(done("leave_faction", { faction = "Temple" }), { faction = "temple" })
  equal(WorldInstance.data.factionRanks, {})
  stage.settle()
  for _, name in ipairs({ "Timmy", "Jiub" }) do equal(stage.client(name).factions, {}, name) end
  equal(Players[1] and Players[1]:IsLoggedIn(), true, "the other player was kicked for the command")
end)

test("declines to let a player leave what it is not in, or from a higher rank", function()
  declined("leave_faction", { faction = "temple" }, "no_such_target", "faction")
  declined("leave_faction", { faction = 'temple" "mages guild' }, "no_such_target", "faction")
  open()
  done("set_faction_rank", { faction = "temple", rank = 3 })
  stage.settle()
  refused("leave_faction", { faction = "temple" }, "game_refused", "faction")
  WorldInstance.data.factionRanks.temple, Players[0].data.location = 0, nil
  refused("leave_faction", { faction = "temple" }, "game_refused", "player")
end)

test("declines to write into tables that are damaged", function()
  open()
  WorldInstance.data.factionRanks, WorldInstance.data.factionReputation = "none", 5
  Players[0].data.factionExpulsion = true
  refused("set_faction_rank", { faction = "temple", rank = 0 }, "game_refused")
  refused("set_faction_reputation", { faction = "temple", reputation = 0 }, "game_refused")
  refused("set_faction_expelled", { faction = "temple", expelled = true }, "game_refused")
end)

test("saves with whom it was changed, once", function()
  open()
  for name, arguments in pairs({ set_faction_rank = { faction = "temple", rank = 0 },
    set_faction_reputation = { faction = "temple", reputation = 1 }, leave_faction = { faction = "temple" } }) do
    WorldInstance.data.factionRanks.temple = 0
    equal(acting.saves_of(WorldInstance, function() done(name, arguments) end), 1, name)
  end
end)

acting.covers("factions")
