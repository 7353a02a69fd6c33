--- Other scripts, and editors of saves, leave anything in the tables that CoreScripts share with us.
local commands = require("timmy.commands")
local harness = require("harness")
local json = require("timmy.json")
local perceive = require("timmy.perceive")
local players = require("timmy.players")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

--- What may stand where a table is expected: `nil` is given by `NOTHING`.
local NOTHING = {}
local ODD = { NOTHING, true, 5, "text", { 5 }, { x = "y" }, { [0] = {} } }

local function each_odd(act)
  for _, odd in ipairs(ODD) do
    stage.open()
    local value = odd
    if odd == NOTHING then value = nil end
    act(value, type(value) == "table" and json.encode(value) or tostring(value))
  end
end

local function read_everything(about)
  for _, section in ipairs(perceive.names) do
    local ok, value, wrong = pcall(perceive.read, section, 0, {})
    holds(ok, about .. ": section " .. section .. ": " .. tostring(value))
    holds(value, about .. ": section " .. section .. ": " .. tostring(wrong and wrong.message))
    local text, why = json.encode(value)
    holds(text, about .. ": section " .. section .. " can't be sent: " .. tostring(why))
  end
end

test("every section is read although any table of the player's is damaged", function()
  stage.open()
  local names = {}
  for name in pairs(Players[0].data) do names[#names + 1] = name end
  for _, name in ipairs(names) do
    each_odd(function(value, shown)
      Players[0].data[name] = value
      read_everything("data." .. name .. " = " .. shown)
    end)
  end
end)

test("every section is read although any table of the world's is damaged", function()
  stage.open()
  local names = {}
  for name in pairs(WorldInstance.data) do names[#names + 1] = name end
  for _, name in ipairs(names) do
    each_odd(function(value, shown)
      WorldInstance.data[name] = value
      read_everything("WorldInstance.data." .. name .. " = " .. shown)
    end)
  end
  each_odd(function(value, shown)
    WorldInstance.storedRegions = value
    read_everything("storedRegions = " .. shown)
  end)
end)

test("every section is read although a global of CoreScripts is damaged", function()
  for _, name in ipairs({ "LoadedCells", "RecordStores", "WorldInstance", "config" }) do
    local before = _G[name]
    each_odd(function(value, shown)
      before, _G[name] = _G[name], value
      local ok, why = pcall(read_everything, name .. " = " .. shown)
      _G[name] = before
      holds(ok, why)
    end)
  end
end)

test("every section is read although a loaded cell is damaged", function()
  for _, name in ipairs({ "objectData", "packets" }) do
    each_odd(function(value, shown)
      for _, cell in pairs(LoadedCells) do cell.data[name] = value end
      read_everything("cell.data." .. name .. " = " .. shown)
    end)
  end
  each_odd(function(value, shown)
    for _, cell in pairs(LoadedCells) do cell.data = value end
    read_everything("cell.data = " .. shown)
  end)
  each_odd(function(value, shown)
    for description in pairs(LoadedCells) do LoadedCells[description] = value end
    read_everything("LoadedCells[...] = " .. shown)
  end)
  each_odd(function(value, shown)
    Players[0].cellsLoaded = value
    read_everything("cellsLoaded = " .. shown)
  end)
end)

test("what is no player in the list of players is overlooked", function()
  each_odd(function(value)
    Players[7], Players.Timmy = value, value
    equal(#players.online(), 2)
    equal({ players.find("Timmy"), players.find("Jiub") }, { 0, 1 })
    equal(players.name(7), nil)
    read_everything("an odd player")
  end)
end)

test("a player whose data are gone is not logged in", function()
  each_odd(function(value)
    if type(value) == "table" then return end
    Players[1].data = value
    local _, wrong = players.find("Jiub")
    equal({ wrong.code, #players.online() }, { "not_logged_in", 1 })
  end)
end)

--- Arguments that fit each command, as far as it gets.
local FITTING = { player = "Timmy", text = "x", stat = "health", value = 5, item = "gold_001", count = 1, quest = "q",
  index = 1, spell = "fireball", topic = "t", book = "b", ref_id = "rat", faction = "temple", rank = 1, hour = 5,
  weather = "rain", to = "Balmora", class = "Scout", race = "Nord", reputation = 1, expelled = true, name = "n",
  kind = "short", from_cell = "A", to_cell = "B", cell = "-2, -9", gold = 5, effect = 1, magnitude = 1,
  duration_s = 5, record = { type = "spell", name = "x" }, id = "x", npc = { name = "x", race = "Nord",
  class = "Scout" }, lines = { "x" }, x = -11000, y = -71000, z = 200, unique_index = "104001-0", buttons = { "x" },
  choices = { "x" }, items = {}, slot = "helmet", group = "idle", level = 5, yaw = 0, scale = 1, state = "open",
  sound = "s", target_player = "Jiub", distance = 5, base_id = "x", type = "spell", players = true,
  other = "Jiub", to_player = "Jiub", bounty = 5, days = 1, permission = "wait", setting = "log_level",
  animation = "hit1", file = "x.mp3", birthsign = "Wombburned", key = 1 }

local function fitting(name)
  local arguments = json.object({})
  for _, field in ipairs(commands.fields_of(name)) do arguments[field.name] = FITTING[field.name] end
  return arguments
end

local function run_everything(about)
  for _, name in ipairs(commands.names) do
    if name ~= "kick" then
      local _, wrong = commands.run(name, fitting(name), {})
      holds(not wrong or wrong.code ~= "internal", about .. ": " .. name .. " broke")
    end
  end
end

test("no command breaks over a damaged table of the player's", function()
  stage.open()
  local names = {}
  for name in pairs(Players[0].data) do names[#names + 1] = name end
  for _, name in ipairs(names) do
    each_odd(function(value, shown)
      Players[0].data[name] = value
      run_everything("data." .. name .. " = " .. shown)
    end)
  end
end)

test("no command breaks over a damaged table of the world's", function()
  stage.open()
  local names = {}
  for name in pairs(WorldInstance.data) do names[#names + 1] = name end
  for _, name in ipairs(names) do
    each_odd(function(value, shown)
      WorldInstance.data[name] = value
      run_everything("WorldInstance.data." .. name .. " = " .. shown)
    end)
  end
end)
