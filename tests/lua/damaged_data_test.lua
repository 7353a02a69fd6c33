--- Other scripts and editors of saves may leave any value in the tables that CoreScripts share with the bridge.
local commands = require("timmy.commands.registry")
local harness = require("harness")
local json = require("timmy.wire.json")
local sections = require("timmy.sections.registry")
local players = require("timmy.state.players")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

--- Values in place of an expected table; `NOTHING` stands for `nil`.
local NOTHING = {}
local ODD = { NOTHING, 5, "text", { 5 }, { x = "y" }, { [0] = {} } }

--- Each of them in a world of its own.
local function each_odd(act)
  for _, odd in ipairs(ODD) do
    stage.open()
    local value = odd
    if odd == NOTHING then value = nil end
    act(value, type(value) == "table" and json.encode(value) or tostring(value))
  end
end

--- Puts each of these values in each place of a table, and restores it.
local function each_in(holder, act)
  local names = {}
  for name in pairs(holder) do names[#names + 1] = name end
  for _, name in ipairs(names) do
    local before = holder[name]
    for _, odd in ipairs(ODD) do
      local value = odd
      if odd == NOTHING then value = nil end
      holder[name] = value
      act(name .. " = " .. (type(value) == "table" and json.encode(value) or tostring(value)))
    end
    holder[name] = before
  end
end

local function read_everything(about)
  for _, section in ipairs(sections.names) do
    local ok, value, wrong = pcall(sections.read, section, 0, {})
    holds(ok, about .. ": section " .. section .. ": " .. tostring(value))
    holds(value, about .. ": section " .. section .. ": " .. tostring(wrong and wrong.message))
    local text, why = json.encode(value)
    holds(text, about .. ": section " .. section .. " can't be sent: " .. tostring(why))
  end
end

test("every section is read although any table of the player's is damaged", function()
  stage.open()
  each_in(Players[0].data, read_everything)
end)

test("every section is read although any table of the world's is damaged", function()
  stage.open()
  each_in(WorldInstance.data, read_everything)
  each_in(WorldInstance.storedRegions, read_everything)
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

local SEYDA, BARREL, FARGOTH = "-2, -9", "103001-0", "102001-0"

--- Arguments that fit each command, as far as it gets.
local FITTING = { player = "Timmy", text = "x", stat = "health", value = 5, item = "gold_001", count = 1, quest = "q",
  index = 1, spell = "fireball", topic = "t", book = "b", ref_id = "rat", faction = "temple", rank = 1, hour = 5,
  weather = "rain", to = "Balmora", class = "Scout", race = "Nord", reputation = 1, expelled = true, name = "n",
  kind = "short", from_cell = "A", to_cell = "B", cell = "-2, -9", gold = 5, effect = 1, magnitude = 1,
  duration_s = 5, record = { type = "spell", name = "x" }, id = "x", npc = { name = "x", race = "Nord",
  class = "Scout" }, lines = { "x" }, x = -11000, y = -71000, z = 200, unique_index = FARGOTH, buttons = { "x" },
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
  each_in(Players[0].data, run_everything)
end)

test("no command breaks over a damaged table of the world's", function()
  stage.open()
  each_in(WorldInstance.data, run_everything)
end)

local function kept(unique_index) return LoadedCells[SEYDA].data.objectData[unique_index] end

--- Runs all commands about one object.
local function run_about(unique_index, about)
  FITTING.unique_index = unique_index
  local ok, why = pcall(run_everything, about)
  FITTING.unique_index = FARGOTH
  holds(ok, why)
end

test("no command breaks over a damaged object", function()
  for _, unique_index in ipairs({ BARREL, FARGOTH }) do
    for _, field in ipairs({ "refId", "location", "inventory", "equipment", "ai", "timmyLines", "count" }) do
      each_odd(function(value, shown)
        kept(unique_index)[field] = value
        run_about(unique_index, unique_index .. "." .. field .. " = " .. shown)
        read_everything(unique_index .. "." .. field .. " = " .. shown)
      end)
    end
    each_odd(function(value, shown)
      LoadedCells[SEYDA].data.objectData[unique_index] = value
      run_about(unique_index, unique_index .. " = " .. shown)
      read_everything(unique_index .. " = " .. shown)
    end)
  end
end)

test("no command breaks over a damaged list of a cell's", function()
  for _, kind in ipairs({ "actorList", "spawn", "place", "delete", "death", "container", "equipment", "ai", "lock",
    "scale", "state" }) do
    each_odd(function(value, shown)
      LoadedCells[SEYDA].data.packets[kind] = value
      run_about(kind == "actorList" and BARREL or FARGOTH, "packets." .. kind .. " = " .. shown)
      read_everything("packets." .. kind .. " = " .. shown)
    end)
  end
end)
