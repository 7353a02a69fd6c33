--- A walk over the whole table: every function of the 21 categories is run in the embedded world under its rule, with
-- arguments that the rule itself finds good, after what must come before it; or it is refused, with the reason.
local acting = require("acting")
local bounds = require("timmy.api.bounds")
local functions = require("timmy.api.functions")
local harness = require("harness")
local joining = require("timmy.api.joining")
local json = require("timmy.json")
local order = require("timmy.api.order")
local received = require("timmy.api.received")
local rules = require("timmy.api.rules")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local RAW = { allow_raw = true }
local CELL = "-2, -9"
local REFUSED = { StopServer = true }
local BESIDE_THE_CATEGORIES = { Timer = true, Public = true }

--- A folder for the server's data with an image in it.
local folder = os.tmpname()
os.remove(folder)
local image = folder .. "/tile.png"

local function make_folder()
  assert(os.execute("mkdir '" .. folder .. "'") == 0)
  local file = assert(io.open(image, "wb"))
  file:write("pixels")
  file:close()
end

local function remove_folder()
  os.remove(image)
  os.execute("rmdir '" .. folder .. "'")
end

--- What clients have sent: a packet of each kind, in which no list is empty.
local function receive_everything()
  local effects = { { id = 1 } }
  stage.host.receive("actors", { action = 0, entries = { { refId = "rat", refNum = 1, mpNum = 0, equipment = {},
    spells = { { effects = effects } } } } }, "OnActorList", 0, CELL)
  stage.host.receive("objects", { action = 3, sub_action = 4, origin = 0, command = "", script = "", cell = CELL,
    entries = { { refId = "chest", refNum = 2, mpNum = 0, locals = { {} },
      items = { { refId = "gold_001", count = 1, charge = -1, enchantmentCharge = -1, soul = "" } } } } },
    "OnContainer", 0, CELL)
  stage.host.receive("worldstate", { kills = { {} }, tiles = { {} }, globals = { {} },
    records = { { effects = effects } } })
  customEventHooks.triggerHandlers("OnRecordDynamic", customEventHooks.makeEventStatus(true, true), { 0 })
end

--- Values in the order they are tried: a parameter takes the first that its kind finds good.
local GOOD = { 0, 1, CELL, "5", "10.0.0.1", image, folder, true, "a" }
local BY_TYPE = { string = { "a", CELL, "5", "10.0.0.1", image, folder } }

local function value_for(parameter, declared)
  for _, value in ipairs(BY_TYPE[declared.type] or GOOD) do
    if not parameter.kind(value) then return value end
  end
  error("no value for " .. declared.name)
end

--- The number of objects only goes up.
local SPECIAL = { SetCurrentMpNum = { 1000000 } }

local function call_of(name)
  if SPECIAL[name] then return { name = name, arguments = json.array(SPECIAL[name]) } end
  local rule, entry, given = rules.of(name), functions.find(name), {}
  for position, parameter in ipairs(rule.parameters) do
    given[position] = value_for(parameter, entry.parameters[position])
  end
  return { name = name, arguments = json.array(given) }
end

--- What puts an entry into a player's list, by the function that tells how long it is.
local FILL = {
  GetBookChangesSize = { "ClearBookChanges", "AddBook" }, GetTopicChangesSize = { "ClearTopicChanges", "AddTopic" },
  GetFactionChangesSize = { "ClearFactionChanges", "AddFaction" }, GetEquipmentChangesSize = { "EquipItem" },
  GetQuickKeyChangesSize = { "ClearQuickKeyChanges", "AddQuickKey" },
  GetInventoryChangesSize = { "ClearInventoryChanges", "AddItemChange" },
  GetJournalChangesSize = { "ClearJournalChanges", "AddJournalEntry" },
  GetSpellbookChangesSize = { "ClearSpellbookChanges", "AddSpell" },
  GetSpellsActiveChangesSize = { "ClearSpellsActiveChanges", "AddSpellActiveEffect", "AddSpellActive" },
  GetCooldownChangesSize = { "ClearCooldownChanges", "AddCooldownSpell" },
}

--- What the three functions that change what a batch has written need.
local WRITTEN = {
  SetContainerItemActionCountByIndex = { "ReadReceivedObjectList", "CopyReceivedObjectListToStore" },
  SetRecordIdByIndex = { "ClearRecords", "SetRecordType", "AddRecord" },
  SetRecordEnchantmentIdByIndex = { "ClearRecords", "SetRecordType", "AddRecord" },
}

local function add(calls, names)
  for _, name in ipairs(names) do calls[#calls + 1] = call_of(name) end
end

--- The calls that must come before, by the rules' own data, and the call itself.
local function batch_for(name)
  local calls = {}
  for _, need in ipairs(order.of(name)) do
    local first = need.any_of[1]
    for _, before in ipairs(order.of(first)) do add(calls, { before.any_of[1] }) end
    add(calls, { first })
  end
  for _, bound in ipairs(bounds.of(name)) do add(calls, FILL[bound.size] or {}) end
  add(calls, WRITTEN[name] or {})
  add(calls, { name })
  return calls
end

local function walk(visit)
  make_folder()
  local ok, trouble = pcall(function()
    for _, entry in ipairs(functions.all) do
      if not BESIDE_THE_CATEGORIES[entry.category] then visit(entry) end
    end
  end)
  remove_folder()
  holds(ok, trouble)
end

test("runs every function of the 21 categories in the embedded world, or says why not", function()
  local run, refused, categories, listed = 0, {}, {}, {}
  for name in pairs(joining.FUNCTIONS) do listed[#listed + 1] = name end
  joining.allow(listed)
  walk(function(entry)
    if REFUSED[entry.name] then
      refused[#refused + 1] = entry.name
      return
    end
    if not categories[entry.category] or not Players[0] then
      stage.open({ data_path = folder })
      received.listen()
    end
    receive_everything()
    local before = #stage.calls(entry.name)
    local value, wrong = acting.run("api", { player = "Timmy", calls = json.array(batch_for(entry.name)) }, RAW)
    holds(value, wrong and entry.name .. ": " .. wrong.message)
    holds(#stage.calls(entry.name) > before, entry.name .. " was not called")
    equal(stage.host.death(), nil, entry.name)
    run, categories[entry.category] = run + 1, true
  end)
  local reached = 0
  for _ in pairs(categories) do reached = reached + 1 end
  equal({ run, refused, reached }, { 755, { "StopServer" }, 21 })
end)
