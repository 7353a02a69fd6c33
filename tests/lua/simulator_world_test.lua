--- The simulator's world: clients that answer, actors that walk, time, weather and people.
local harness = require("harness")
local virtual = require("virtual_world")

local equal, holds = harness.equal, harness.holds
local host = virtual.host

local TIMMY, JIUB = 0, 1
local SEYDA_NEEN, BALMORA = "-2, -9", "-3, -2"
local MINUTE_MS = 60000

local cases = {}

--- The positions of a cell's actors by refNum, as reported to the server.
local function actors_of(cell)
  local found = {}
  tes3mp.ReadCellActorList(cell)
  for index = 0, tes3mp.GetActorListSize() - 1 do
    found[tes3mp.GetActorRefNum(index)] = { tes3mp.GetActorPosX(index), tes3mp.GetActorPosY(index) }
  end
  return found
end

local function count(inventory, id)
  local index = inventoryHelper.getItemIndex(inventory, id)
  return index and inventory[index].count or 0
end

cases["Timmy and Jiub stand in Seyda Neen, logged in, with their cells loaded"] = function()
  virtual.open()
  equal({ virtual.place(TIMMY) }, { SEYDA_NEEN, -11264, -70912 })
  equal({ tes3mp.GetName(JIUB), tes3mp.GetCell(JIUB) }, { "Jiub", SEYDA_NEEN })
  holds(Players[TIMMY]:IsLoggedIn() and LoadedCells[SEYDA_NEEN].authority ~= nil)
  equal({ #Players[TIMMY].cellsLoaded, LoadedCells[BALMORA] }, { 9, nil })
end

cases["the saved place is that of the last cell change: the middle of the cell"] = function()
  virtual.open()
  equal(Players[TIMMY].data.location.posX, -12288)
end

cases["a teleport shows at once, then the middle of the cell, then the place asked for"] = function()
  virtual.open()
  local heard = virtual.hear { "OnCellUnload", "OnCellLoad", "OnPlayerCellChange" }
  virtual.send(TIMMY, BALMORA, -23894, -15079, 505)
  equal({ virtual.place(TIMMY) }, { BALMORA, -23894, -15079 })
  equal(#heard, 0)
  virtual.run(120)
  equal({ virtual.place(TIMMY) }, { BALMORA, -20480, -12288 })
  virtual.run(200)
  equal({ virtual.place(TIMMY) }, { BALMORA, -23894, -15079 })
  equal({ heard[1][1], heard[#heard][1], heard[#heard][4] }, { "OnCellUnload", "OnPlayerCellChange", SEYDA_NEEN })
end

cases["a second teleport before the first has ended replaces it"] = function()
  virtual.open()
  virtual.send(TIMMY, BALMORA, -23894, -15079, 505)
  virtual.run(90)
  virtual.send(TIMMY, "Balmora, Guild of Mages", 1, 2, 3)
  virtual.run(1000)
  equal({ virtual.place(TIMMY) }, { "Balmora, Guild of Mages", 1, 2 })
  equal(Players[TIMMY].cellsLoaded, { "Balmora, Guild of Mages" })
end

cases["without SendPos one arrives at the cell's own place"] = function()
  virtual.open()
  tes3mp.SetCell(TIMMY, "Addamasartus")
  tes3mp.SendCell(TIMMY)
  virtual.run(300)
  equal({ virtual.place(TIMMY) }, { "Addamasartus", 2304, 4608 })
end

cases["an unknown interior shows at once and reverts after 0.6 s"] = function()
  virtual.open()
  virtual.send(TIMMY, "Nowhere, Land", 1, 2, 3)
  virtual.run(590)
  equal({ virtual.place(TIMMY) }, { "Nowhere, Land", 1, 2 })
  virtual.run(20)
  equal({ virtual.place(TIMMY) }, { SEYDA_NEEN, -11264, -70912 })
end

cases["walking over a border changes the cell"] = function()
  virtual.open()
  local heard = virtual.hear { "OnPlayerCellChange" }
  host.move(TIMMY, -11264, -74000, 200)
  equal(tes3mp.GetCell(TIMMY), "-2, -10")
  equal({ heard[1][2], heard[1][4] }, { TIMMY, SEYDA_NEEN })
  equal(Players[TIMMY].data.location.posY, -74000)
end

cases["the same seed and the same ticks give the same world, another seed another"] = function()
  local function history(seed)
    virtual.open { seed = seed }
    virtual.run(2 * MINUTE_MS)
    return { actors_of(SEYDA_NEEN), tes3mp.GetPosX(JIUB), host.player("Timmy").chat,
      WorldInstance.storedRegions["bitter coast region"].currentWeather }
  end
  local one = history(7)
  equal(history(7), one)
  holds(not pcall(equal, history(8), one), "another seed gives another world")
end

cases["actors walk where a player is, and only there"] = function()
  virtual.open()
  local before = actors_of(SEYDA_NEEN)
  virtual.run(20000)
  local after = actors_of(SEYDA_NEEN)
  holds(before[102001][1] ~= after[102001][1], "Fargoth walks")
  equal(before[102005], after[102005], "Darvame stands at the strider")
  equal(actors_of(BALMORA), {})
  virtual.send(TIMMY, BALMORA, -23894, -15079, 505)
  virtual.run(500)
  holds(actors_of(BALMORA)[104001], "Balmora's guard is seen by whoever comes")
end

cases["an actor that walks over a border takes its data along"] = function()
  virtual.open()
  local heard = virtual.hear { "OnActorCellChange" }
  for _ = 1, 60 do
    if #heard == 0 then virtual.run(1000) end
  end
  equal({ heard[1][1], heard[1][3] }, { "OnActorCellChange", SEYDA_NEEN })
  local moved = LoadedCells["-2, -10"].data.objectData["102004-0"]
  equal({ moved.refId, moved.cellChangeFrom }, { "imperial guard", SEYDA_NEEN })
  holds(actors_of("-2, -10")[102004] and not actors_of(SEYDA_NEEN)[102004])
  virtual.run(4 * MINUTE_MS)
  holds(logicHandler.GetCellContainingActor("102004-0"), "it is in one cell or the other for ever")
end

cases["a cell knows its actors' names and its containers' contents"] = function()
  virtual.open()
  local data = LoadedCells[SEYDA_NEEN].data
  equal(data.objectData["102001-0"].refId, "fargoth")
  holds(tableHelper.containsValue(data.packets.actorList, "102001-0"))
  equal(count(data.objectData["103001-0"].inventory, "gold_001"), 5)
  equal({ data.loadState.hasFullActorList, data.loadState.hasFullContainerData }, { true, true })
end

cases["a dead actor stands still, and its cell and the world remember it"] = function()
  virtual.open()
  local heard = virtual.hear { "OnActorDeath" }
  equal(host.kill_actor(102001, JIUB), true)
  local place = actors_of(SEYDA_NEEN)[102001]
  virtual.run(20000)
  equal(actors_of(SEYDA_NEEN)[102001], place)
  equal({ heard[1][3], heard[1][4]["102001-0"].killer.pid }, { SEYDA_NEEN, JIUB })
  holds(tableHelper.containsValue(LoadedCells[SEYDA_NEEN].data.packets.death, "102001-0"))
  equal({ WorldInstance.data.kills.fargoth, host.kill_actor(104001) }, { 1, false })
end

cases["when everybody leaves, a cell's live list goes and its record stays"] = function()
  virtual.open { players = { "Timmy" } }
  virtual.send(TIMMY, BALMORA, -23894, -15079, 505)
  virtual.run(500)
  equal({ LoadedCells[SEYDA_NEEN], next(actors_of(SEYDA_NEEN)) }, {})
  virtual.send(TIMMY, SEYDA_NEEN, -11264, -70912, 220)
  virtual.run(500)
  holds(LoadedCells[SEYDA_NEEN].data.objectData["102001-0"].location, "it remembers where Fargoth was")
end

cases["the authority of a cell passes to who is left"] = function()
  virtual.open()
  equal(LoadedCells[SEYDA_NEEN].authority, TIMMY)
  host.disconnect(TIMMY)
  equal({ LoadedCells[SEYDA_NEEN].authority, Players[TIMMY] }, { JIUB, nil })
end

cases["Jiub walks about and says something, and stays in Seyda Neen"] = function()
  virtual.open()
  local heard = virtual.hear { "OnPlayerSendMessage" }
  local x = tes3mp.GetPosX(JIUB)
  virtual.run(2 * MINUTE_MS)
  holds(tes3mp.GetPosX(JIUB) ~= x, "he walks")
  equal({ heard[1][2], tes3mp.GetCell(JIUB) }, { JIUB, SEYDA_NEEN })
end

cases["Timmy stands where he is put"] = function()
  virtual.open()
  local place = { virtual.place(TIMMY) }
  virtual.run(MINUTE_MS)
  equal({ virtual.place(TIMMY) }, place)
end

cases["inventory packets reach the client and leave the table to the script"] = function()
  virtual.open()
  local item = { refId = "gold_001", count = 10, charge = -1, enchantmentCharge = -1, soul = "" }
  Players[TIMMY]:LoadItemChanges({ item }, enumerations.inventory.ADD)
  equal({ host.player("Timmy").inventory.gold_001, count(Players[TIMMY].data.inventory, "gold_001") }, { 97, 87 })
  Players[TIMMY]:LoadItemChanges({ item }, enumerations.inventory.REMOVE)
  equal(host.player("Timmy").inventory.gold_001, 87)
end

cases["a console command that was asked for runs and is echoed"] = function()
  virtual.open()
  local heard = virtual.hear { "OnConsoleCommand", "OnPlayerInventory" }
  logicHandler.RunConsoleCommandOnPlayer(TIMMY, 'player->additem "gold_001" 5', false)
  virtual.run(100)
  equal({ heard[1][1], heard[2][1] }, { "OnPlayerInventory", "OnConsoleCommand" })
  equal({ count(Players[TIMMY].data.inventory, "gold_001"), next(Players[TIMMY].consoleCommandsQueued) }, { 92 })
  equal(Players[TIMMY]:IsLoggedIn(), true)
end

cases["an unexpected console command gets its player kicked"] = function()
  virtual.open()
  tes3mp.ClearObjectList()
  tes3mp.SetObjectListPid(TIMMY)
  tes3mp.SetObjectListCell(SEYDA_NEEN)
  tes3mp.SetObjectListConsoleCommand("tgm")
  tes3mp.SetPlayerAsObject(TIMMY)
  tes3mp.AddObject()
  tes3mp.SendConsoleCommand()
  virtual.run(100)
  equal({ Players[TIMMY], tes3mp.GetName(TIMMY) }, { nil, "" })
end

cases["a journal line from a client is everybody's"] = function()
  virtual.open()
  local heard = virtual.hear { "OnPlayerJournal" }
  equal(WorldInstance.data.journal[1].quest, "a1_1_findspymaster")
  logicHandler.RunConsoleCommandOnPlayer(TIMMY, 'journal "A1_2_AntabolisInformant" 5', false)
  virtual.run(100)
  equal(heard[1][3].journal[1].index, 5)
  equal(WorldInstance.data.journal[2].quest, "a1_2_antabolisinformant")
  equal(host.player("Jiub").journal["a1_2_antabolisinformant"], 5)
end

cases["an entry only raises a quest's stage in the client, an index sets it"] = function()
  virtual.open()
  local function write(add)
    tes3mp.ClearJournalChanges(TIMMY)
    add(TIMMY, "a1_1_findspymaster")
    tes3mp.SendJournalChanges(TIMMY)
    return host.player("Timmy").journal["a1_1_findspymaster"]
  end
  equal(write(function(pid, quest) tes3mp.AddJournalEntry(pid, quest, 14, "player") end), 14)
  equal(write(function(pid, quest) tes3mp.AddJournalEntry(pid, quest, 10, "player") end), 14)
  equal(write(function(pid, quest) tes3mp.AddJournalIndex(pid, quest, 10) end), 10)
end

cases["who dies is revived after a while, whole, at the place for it"] = function()
  virtual.open()
  local heard = virtual.hear { "OnPlayerDeath", "OnPlayerResurrect" }
  host.kill(TIMMY, { name = "mudcrab" })
  equal({ heard[1][1], tes3mp.GetPlayerKillerName(TIMMY) }, { "OnPlayerDeath", "mudcrab" })
  virtual.run(4900)
  equal(tes3mp.GetHealthCurrent(TIMMY), 0)
  virtual.run(600)
  equal({ #heard, tes3mp.GetHealthCurrent(TIMMY), tes3mp.GetPosX(TIMMY) }, { 2, 40, -11050 })
end

cases["health set to nothing is a death, once"] = function()
  virtual.open()
  local heard = virtual.hear { "OnPlayerDeath" }
  for _ = 1, 2 do
    tes3mp.SetHealthCurrent(TIMMY, 0)
    tes3mp.SendStatsDynamic(TIMMY)
  end
  virtual.run(200)
  equal(#heard, 1)
end

cases["who leaves and comes back has what it had"] = function()
  virtual.open()
  local heard = virtual.hear { "OnPlayerDisconnect", "OnPlayerConnect", "OnPlayerAuthentified" }
  inventoryHelper.addItem(Players[TIMMY].data.inventory, "gold_001", 13, -1, -1, "")
  host.disconnect(TIMMY)
  equal(host.connect("Timmy"), TIMMY)
  equal({ heard[1][1], heard[2][1], heard[3][1] }, { "OnPlayerDisconnect", "OnPlayerConnect", "OnPlayerAuthentified" })
  equal({ count(Players[TIMMY].data.inventory, "gold_001"), (virtual.place(TIMMY)) }, { 100, SEYDA_NEEN })
end

cases["a stranger gets the next number and a fresh character"] = function()
  virtual.open()
  equal(host.connect("Nerevar"), 2)
  equal({ tes3mp.GetLastPlayerId(), tes3mp.GetName(2), Players[2].data.stats.level }, { 2, "Nerevar", 1 })
end

cases["hours pass, and days after them"] = function()
  virtual.open()
  virtual.run(10000)
  holds(_G.hourCounter > 9 and _G.hourCounter < 10, "some minutes have passed")
  _G.hourCounter = 23.995
  virtual.run(2000)
  equal({ WorldInstance.data.time.day, WorldInstance.data.time.daysPassed }, { 17, 2 })
  holds(_G.hourCounter < 1, "it is past midnight")
end

cases["the weather of a region is reported and changes"] = function()
  virtual.open()
  local region = WorldInstance.storedRegions["bitter coast region"]
  local seen = {}
  holds(region.currentWeather ~= nil and region.authority == TIMMY)
  for _ = 1, 20 do
    virtual.run(MINUTE_MS / 2)
    seen[region.currentWeather] = true
  end
  holds(tableHelper.getCount(seen) > 1, "ten minutes had one weather only")
end

cases["the cell of every known place is a cell of this world"] = function()
  local places = require("timmy.state.places")
  for _, name in ipairs(places.names) do
    local cell = places.find(name).cell
    equal(require("simulator.world.map").resolve(cell), cell, name)
  end
end

local function player_at_disconnect(core_scripts)
  virtual.open { core_scripts = core_scripts }
  local there
  customEventHooks.registerHandler("OnPlayerDisconnect", function(_, pid) there = Players[pid] ~= nil end)
  host.disconnect(TIMMY)
  return there
end

cases["who leaves is forgotten before the handlers hear of it, in the release's CoreScripts"] = function()
  equal({ player_at_disconnect("release"), player_at_disconnect("newest") }, { false, true })
end

local function is_there_after_object_command(core_scripts)
  virtual.open { core_scripts = core_scripts }
  logicHandler.RunConsoleCommandOnObject(TIMMY, "playgroup idle3 1", SEYDA_NEEN, "102001-0", false)
  virtual.run(100)
  return Players[TIMMY] ~= nil
end

cases["a command on an object gets the player kicked, in the release's CoreScripts"] = function()
  equal({ is_there_after_object_command("release"), is_there_after_object_command("newest") }, { false, true })
end

cases["a second start is a new server, and keeps the tables that scripts hold"] = function()
  virtual.open()
  local players, api = Players, tes3mp
  customEventHooks.registerHandler("OnPlayerSendMessage", function() error("of the old server") end)
  virtual.open()
  holds(players == Players and api == tes3mp)
  host.chat(TIMMY, "hi")
  equal(host.death(), nil)
end

return cases
