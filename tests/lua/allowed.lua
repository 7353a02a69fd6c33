--- Batches of the raw API that its rules allow: a function, and the calls that must come before it by the rules' own
-- data, for lists in which clients have sent at least one entry.
local bounds = require("timmy.raw.bounds")
local functions = require("timmy.raw.functions")
local json = require("timmy.wire.json")
local order = require("timmy.raw.order")
local rules = require("timmy.raw.rules")
local stage = require("stage")

local M = {}

M.CELL = "-2, -9"

--- Raises an event for scripts, whatever cells are loaded.
local function raise(hook, ...)
  customEventHooks.triggerHandlers(hook, customEventHooks.makeEventStatus(true, true), { 0, ... })
end

--- Received packets: one of each kind, in which no list is empty.
function M.receive_everything()
  local effects = { { id = 1 } }
  stage.host.receive("actors", { action = 0, entries = { { refId = "rat", refNum = 1, mpNum = 0, equipment = {},
    spells = { { effects = effects } } } } })
  raise("OnActorList", M.CELL)
  stage.host.receive("objects", { action = 3, sub_action = 4, origin = 0, command = "", script = "", cell = M.CELL,
    entries = { { refId = "chest", refNum = 2, mpNum = 0, locals = { {} },
      items = { { refId = "gold_001", count = 1, charge = -1, enchantmentCharge = -1, soul = "" } } } } })
  raise("OnContainer", M.CELL)
  stage.host.receive("worldstate", { kills = { {} }, tiles = { {} }, globals = { {} },
    records = { { effects = effects } } })
  raise("OnRecordDynamic")
end

--- The number of objects only increases.
local SPECIAL = { SetCurrentMpNum = { 1000000 } }

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

--- A call of a function, each argument as `value_for(parameter, declared, name)` says.
function M.call_of(name, value_for)
  if SPECIAL[name] then return { name = name, arguments = json.array(SPECIAL[name]) } end
  local rule, entry, given = rules.of(name), functions.find(name), {}
  for position, parameter in ipairs(rule.parameters) do
    given[position] = value_for(parameter, entry.parameters[position], name)
  end
  return { name = name, arguments = json.array(given) }
end

--- The calls that must come before, and the call itself. Cells whose list is selected and types of records must be
-- given as they are to be read: `value_for` has to say the same of the same.
function M.batch_for(name, value_for)
  local calls = {}
  local function add(names)
    for _, each in ipairs(names) do calls[#calls + 1] = M.call_of(each, value_for) end
  end
  for _, need in ipairs(order.of(name)) do
    local first = need.any_of[1]
    for _, before in ipairs(order.of(first)) do add({ before.any_of[1] }) end
    add({ first })
  end
  for _, bound in ipairs(bounds.of(name)) do add(FILL[bound.size] or {}) end
  add(WRITTEN[name] or {})
  add({ name })
  return calls
end

return M
