local acting = require("acting")
local commands = require("timmy.commands.registry")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

local COAST, SEYDA = "bitter coast region", "-2, -9"

local function client(name) return stage.host.player(name or "Timmy") end

test("sets the weather of the player's region, and its client goes on from there", function()
  stage.open()
  equal(done("set_weather", { weather = "thunder" }), { region = COAST, weather = "thunder" })
  local stored = WorldInstance.storedRegions[COAST]
  equal({ stored.currentWeather, stored.nextWeather, stored.queuedWeather, stored.transitionFactor },
    { enumerations.weather.THUNDER, enumerations.weather.THUNDER, -1, 0 })
  equal({ client("Jiub").received.Weather.current, client("Jiub").received.Weather.force }, { 5, true })
  stage.run(6000)
  equal(WorldInstance.storedRegions[COAST].currentWeather, enumerations.weather.THUNDER)
end)

test("sets no weather in a region without players", function()
  declined("set_weather", { weather = "rain", region = "Sheogorad" }, "no_such_place", "region")
  declined("set_weather", { weather = "hail" }, "bad_arguments", "weather")
  stage.open()
  tes3mp.SetCell(0, "Seyda Neen, Lighthouse")
  tes3mp.SendCell(0)
  stage.settle()
  refused("set_weather", { weather = "rain" }, "no_such_place", "region")
end)

-- TES3MP 0.8.1 (49be5b6), CoreScripts 8f915f8: a player stood outside whose client had named no region yet.
test("does not say of a player outside, whose region is not known, that it is inside", function()
  stage.open()
  local region = tes3mp.GetRegion
  tes3mp.GetRegion = function() return "" end
  local _, wrong = commands.run("set_weather", { player = "Timmy", weather = "rain" })
  tes3mp.GetRegion = region
  equal({ wrong.code, wrong.message }, { "no_such_place",
    "the server knows no region at the player's location (for example an interior): name one" })
end)

test("sets the time, for everybody", function()
  stage.open()
  local value = done("set_time", { hour = 22.5, day = 3, month = 8, year = 430, days_passed = 9,
    night_time_scale = 60 })
  equal({ value.hour, value.month, _G.hourCounter }, { 22.5, 8, 22.5 })
  local now = WorldInstance.data.time
  equal({ now.hour, now.day, now.month, now.year, now.daysPassed, now.nightTimeScale }, { 22.5, 3, 8, 430, 9, 60 })
  local told = client("Jiub").received.Time
  equal({ told.hour, told.month, told.time_scale }, { 22.5, 7, 60 })
  equal(WorldInstance.frametimeMultiplier, 2)
end)

test("knows how long the months are", function()
  declined("set_time", { day = 31, month = 6 }, "bad_arguments", "day")
  declined("set_time", { hour = 24 }, "bad_arguments", "hour")
  declined("set_time", {}, "bad_arguments", "hour")
end)

test("sets a script's variable for everybody and for who comes later", function()
  stage.open()
  done("set_script_global", { name = "timmy_stage", kind = "short", value = 3 })
  done("set_script_global", { name = "timmy_share", kind = "float", value = 0.5 })
  equal(WorldInstance.data.clientVariables.globals, {
    timmy_stage = { variableType = enumerations.variableType.SHORT, intValue = 3 },
    timmy_share = { variableType = enumerations.variableType.FLOAT, floatValue = 0.5 },
  })
  equal(client("Jiub").received.ClientScriptGlobal.entries, { { id = "timmy_share", value = 0.5, kind = 2 } })
  declined("set_script_global", { name = "x", kind = "short", value = 40000 }, "bad_arguments", "value")
  declined("set_script_global", { name = "x", kind = "long", value = 0.5 }, "bad_arguments", "value")
end)

test("lets the doors into a cell lead elsewhere", function()
  stage.open()
  done("override_destination", { from_cell = "A", to_cell = "Balmora, Temple" })
  equal(WorldInstance.data.destinationOverrides, { A = "Balmora, Temple" })
  equal(client("Jiub").received.DestinationOverride.entries, { { from = "A", to = "Balmora, Temple" } })
  declined("override_destination", { from_cell = "977, 0", to_cell = "x" }, "no_such_cell", "from_cell")
  declined("override_destination", { from_cell = "x", to_cell = ("y"):rep(251) }, "no_such_cell", "to_cell")
end)

test("resets a loaded cell, and keeps it loaded", function()
  stage.open()
  done("lock_object", { unique_index = "103001-0", cell = SEYDA })
  done("reset_cell", { cell = SEYDA })
  equal(LoadedCells[SEYDA].data.packets.lock, {})
  stage.settle()
  local data = LoadedCells[SEYDA].data
  equal({ data.loadState.hasFullActorList, data.objectData["103001-0"].lockLevel }, { true, nil })
  declined("reset_cell", { cell = "9, 9" }, "no_such_cell", "cell")
  stage.open()
  LoadedCells[SEYDA].data.objectData = nil
  refused("reset_cell", { cell = SEYDA }, "game_refused", "cell")
end)

test("sends the collision settings, also to players who log in later", function()
  stage.open()
  equal(done("set_collision", { players = false, placed_objects = true }), { players = false, placed_objects = true })
  equal({ config.enablePlayerCollision, config.enablePlacedObjectCollision, config.enableActorCollision },
    { false, true, true })
  local told = client("Jiub").received.Collision
  equal({ told.players, told.placed, told.actors }, { false, true, true })
  declined("set_collision", {}, "bad_arguments", "players")
end)

test("tells of the server", function()
  stage.open()
  local value = done("server_info", {})
  equal({ value.version, value.players, value.most_players, value.port, value.shares_journal },
    { "0.8.1", 2, 20, 25565, true })
  local made = done("place_item", { item = "torch" }).unique_index
  equal("0-" .. done("server_info", {}).objects_made, made)
end)

acting.covers("world")
