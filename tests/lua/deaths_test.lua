--- What kills a server kills the stand-in; the raw door's rules let none of it through, and all the rest.
local acting = require("acting")
local functions = require("timmy.api.functions")
local harness = require("harness")
local json = require("timmy.json")
local lengths = require("embedded.api.lengths")
local received = require("timmy.api.received")
local stage = require("stage")
local virtual = require("virtual_world")

local equal, holds, test = harness.equal, harness.holds, harness.test
local host = stage.host

local RAW = { allow_raw = true, chat_commands = true }
local VALUES = { int = 0, number = 0, string = "", boolean = false }

local function call(name, ...) return { name = name, arguments = json.array({ ... }) } end

local function run(...) return acting.run("api", { player = "Timmy", calls = json.array({ ... }) }, RAW) end

local function dies(about, name, ...)
  stage.open()
  local survived = pcall(tes3mp[name], ...)
  holds(not survived and host.death(), about .. " left the stand-in alive")
end

--- Nothing is done of it, so one world will do for all.
local function declines(about, ...)
  local value, wrong = run(...)
  holds(value == nil and wrong.code ~= "internal", about .. " was taken")
  equal(host.death(), nil, about)
end

local file = assert(io.open(require("test_root") .. "/timmy_actors/embedded/data/deaths-0.8.1.json", "rb"))
local deaths = assert(json.decode(file:read("*a")))
file:close()

--- What a function is given in the recorded death: each int is the one it died at.
local function deadly_arguments(name, int)
  local given = {}
  for position, parameter in ipairs(functions.find(name).parameters) do
    given[position] = VALUES[parameter.type]
    if parameter.type == "int" then given[position] = int end
  end
  if name == "AddDataFileRequirement" or name == "AddPluginHash" then given[2] = "x" end
  return given
end

test("runs nothing of what killed a fresh server, with the numbers that it died at", function()
  equal(#deaths, 185)
  stage.open()
  for _, death in ipairs(deaths) do
    for int in pairs(death.dies_at) do
      local given = deadly_arguments(death.name, tonumber(int))
      -- Dead before the first player has come; and a command is about a player who is here.
      if death.name ~= "GetLastPlayerId" then declines(death.name .. " at " .. int, call(death.name, unpack(given))) end
    end
  end
end)

--- Deaths that a server without players does not show: what is called, and what the stand-in dies of.
local WITH_A_PLAYER = {
  { "GetInventoryItemCount", 0, 100000 }, { "GetInventoryItemCharge", 0, 100000 },
  { "GetInventoryItemEnchantmentCharge", 0, 100000 }, { "GetEquipmentChangesSlot", 0, 100000 },
  { "GetJournalItemIndex", 0, 100000 }, { "GetJournalItemType", 0, 100000 },
  { "GetJournalItemActorRefId", 0, 100000 }, { "GetFactionRank", 0, 100000 },
  { "GetFactionExpulsionState", 0, 100000 }, { "GetFactionReputation", 0, 100000 },
  { "GetCellStateType", 0, 100000 }, { "GetInventoryItemCount", 0, -1 },
  { "EquipItem", 0, 19, "a", 1, -1, -1 }, { "UnequipItem", 0, -1 }, { "GetEquipmentItemRefId", 0, 19 },
  { "GetEquipmentItemCount", 0, 19 }, { "GetEquipmentItemCharge", 0, 19 },
  { "GetEquipmentItemEnchantmentCharge", 0, 19 }, { "GetClassMajorAttribute", 0, 2 },
  { "SetClassMajorAttribute", 0, 2, 0 }, { "GetClassMajorSkill", 0, 5 }, { "SetClassMajorSkill", 0, 5, 0 },
  { "GetClassMinorSkill", 0, 5 }, { "SetClassMinorSkill", 0, -1, 0 }, { "GetSkillIncrease", 0, 8 },
  { "SetSkillIncrease", 0, 8, 1 }, { "SetCell", 0, "99999999999, 0" }, { "ReadCellActorList", "0, 99999999999" },
  { "SetActorListCell", "99999999999, 0" }, { "SetObjectListCell", "99999999999, 0" },
  { "SetActorCell", ("x"):rep(20000) },
  { "AddCellToReset", "99999999999, 0" }, { "SetMarkCell", 0, "99999999999, 0" },
  { "SetObjectDoorDestinationCell", "99999999999, 0" }, { "SetEventCell", "99999999999, 0" },
  { "DoesFilePathExist", "./" .. ("x"):rep(300) }, { "DoesFileExist", ("x/"):rep(3000) },
  { "GetCaseInsensitiveFilename", "/etc/hostname", "x" }, { "GenerateRandomString", 2147483647 },
  { "AddDataFileRequirement", "a", "99999999999999999999" }, { "AddPluginHash", "a", "" .. "x1" },
  { "UnequipActorItem", 65535 }, { "EquipActorItem", 19, "a", 1, -1, -1 },
}

test("dies with a player, too, where the server does; and the rules let none of it through", function()
  for _, death in ipairs(WITH_A_PLAYER) do
    local about = death[1] .. "(" .. tostring(death[2]):sub(1, 20) .. ", " .. tostring(death[3]):sub(1, 20) .. ")"
    dies(about, unpack(death))
    stage.open()
    declines(about, call(unpack(death)))
  end
end)

test("dies of an effect past the last of an active spell", function()
  local killed
  local bodies = { GetSpellsActiveChangesSize = function() return 1 end,
    GetSpellsActiveEffectCount = function() return 2 end }
  local server = { players = { [0] = {} }, kill = function(_, reason) killed = reason end }
  lengths.guard(server, bodies, function() return 7 end)
  equal({ bodies.GetSpellsActiveEffectId(0, 0, 1), bodies.GetSpellsActiveEffectId(0, 1, 5), killed }, { 7, 7, nil })
  bodies.GetSpellsActiveEffectId(0, 0, 2)
  equal(killed, "tes3mp.GetSpellsActiveEffectId: index 2, but the list has 2 entries")
end)

test("dies of an entry by its number that nobody added", function()
  dies("an object", "SetContainerItemActionCountByIndex", 0, 0, 1)
  stage.open()
  tes3mp.ClearRecords()
  tes3mp.SetRecordType(22)
  holds(not pcall(tes3mp.SetRecordIdByIndex, 0, "a") and host.death())
  stage.open()
  tes3mp.ClearRecords()
  tes3mp.SetRecordType(24)
  holds(not pcall(tes3mp.SetRecordEnchantmentIdByIndex, 0, "a") and host.death())
end)

test("dies of a count that no packet has set, where it is believed", function()
  virtual.open({ players = {} })
  tes3mp.ReadReceivedObjectList()
  equal(tes3mp.GetObjectListSize(), 21845)
  virtual.death_of(function() tes3mp.GetObjectRefId(0) end)
  stage.open()
  received.listen()
  logicHandler.RunConsoleCommandOnPlayer(0, "player->additem gold_001 1", false)
  stage.settle()
  tes3mp.ReadReceivedObjectList()
  equal(tes3mp.GetContainerChangesSize(0), 21845)
  holds(not pcall(tes3mp.GetContainerItemRefId, 0, 0) and host.death())
end)

test("dies of reading the actors of a cell that nobody has loaded, except for their number", function()
  stage.open()
  tes3mp.ReadCellActorList("Nowhere")
  equal(tes3mp.GetActorListSize(), 0)
  holds(not pcall(tes3mp.GetActorListAction) and host.death())
end)

test("dies of the actors of a cell that is gone since they were selected, their number included", function()
  stage.open()
  tes3mp.ReadCellActorList("-2, -9")
  for pid in pairs(Players) do host.disconnect(pid) end
  holds(not pcall(tes3mp.GetActorListSize) and host.death())
end)
