--- The rules of all functions of the script API that may be run: the kind of each argument. A precondition of the
-- function decides first; the tables below narrow the rest. A function with a missing part has no rule and is refused.
local functions = require("timmy.raw.functions")
local kinds = require("timmy.raw.kinds")

local M = {}

local whole = kinds.whole

--- Categories that are excluded from batches.
local REFUSED_CATEGORIES = {
  Timer = "a timer outlives the batch, calls a global function of ours by its name, and can't be freed safely",
  Public = "it runs functions of other scripts, which nothing here can vouch for",
}

--- Functions that no argument makes safe.
local REFUSED = {
  StopServer = "it stops the game server; the operator stops it",
}

--- SET, ADD, REMOVE, and for lists of actors and objects REQUEST.
local CHANGE, LIST_ACTION = whole(0, 2), whole(0, 3)

--- Parameters with one meaning in all functions.
local BY_NAME = {
  pid = kinds.pid, targetPid = kinds.pid, affectedPid = kinds.pid, alliedPlayerPid = kinds.pid,
  ipAddress = kinds.address,
  attributeId = kinds.attribute, attrId = kinds.attribute, skillId = kinds.skill,
  currentWeather = kinds.weather, nextWeather = kinds.weather, queuedWeather = kinds.weather_or_none,
  action = CHANGE, spec = whole(0, 2), state = whole(0, 1), gender = whole(0, 1),
  red = kinds.byte, green = kinds.byte, blue = kinds.byte, minDamage = kinds.byte, maxDamage = kinds.byte,
  cellX = kinds.grid, cellY = kinds.grid, subAction = whole(0, 5), rangeType = whole(0, 2), variableType = whole(0, 4),
  goldPool = kinds.unsigned, distance = kinds.unsigned, startDay = kinds.unsigned,
  deathState = kinds.byte, dialogueChoiceType = kinds.byte, partType = kinds.byte, subtype = kinds.unsigned,
}

--- All other parameters, by their C++ type.
local BY_TYPE = { int = kinds.int, number = kinds.number, string = kinds.text, boolean = kinds.boolean }

local LOG_LEVEL = { level = whole(0, 4) }
local COUNT = { count = kinds.unsigned }

--- Parameters with a special meaning in one function.
local IN_FUNCTION = {
  AddItem = COUNT, AddItemChange = COUNT, EquipItem = COUNT, EquipActorItem = COUNT,
  SetRecordInventoryItemCount = COUNT,
  AddJournalEntry = { index = kinds.unsigned }, AddJournalIndex = { index = kinds.unsigned },
  AddJournalEntryWithTimestamp = { index = kinds.unsigned, daysPassed = kinds.unsigned, month = kinds.unsigned,
    day = kinds.unsigned },
  AddQuickKey = { slot = whole(0, 9), type = whole(0, 3) },
  LogAppend = LOG_LEVEL, LogMessage = LOG_LEVEL,
  LoadMapTileImageFile = { filePath = kinds.image }, SaveMapTileImageFile = { filePath = kinds.new_image },
  Resurrect = { type = whole(0, 2) },
  SetActorAIAction = { action = whole(0, 6) }, SetActorAIDuration = { duration = kinds.unsigned },
  SetActorListAction = { action = LIST_ACTION }, SetObjectListAction = { action = LIST_ACTION },
  SetEventAction = { action = LIST_ACTION },
  SetRecordEffectAttribute = { attributeId = kinds.any_attribute },
  SetRecordEffectId = { effectId = kinds.unsigned_short },
  SetRecordEffectSkill = { skillId = kinds.any_skill }, SetRecordSkillId = { skillId = kinds.any_skill },
  SetRecordType = { type = whole(0, 24) },
}

--- The precondition that limits an argument by itself, and its kind; nil if there is none.
local function bounded(entry, position)
  for _, rule in ipairs(entry.preconditions) do
    if rule.position == position and rule.kind == "range" then return rule, whole(rule.low, rule.high) end
    if rule.position == position and rule.kind == "text" then return rule, rule.takes end
    if rule.position == position and rule.kind == "index" then return rule, kinds.index end
  end
end

local function kind_of(entry, parameter)
  local special = IN_FUNCTION[entry.name]
  return (special and special[parameter.name]) or BY_NAME[parameter.name] or BY_TYPE[parameter.type]
end

--- The number of required arguments: trailing booleans may be omitted.
local function needed(parameters)
  local count = #parameters
  while count > 0 and parameters[count].type == "boolean" do count = count - 1 end
  return count
end

local function parameters_of(entry)
  local parameters = {}
  for position, parameter in ipairs(entry.parameters) do
    local need, kind = bounded(entry, position)
    kind = kind or kind_of(entry, parameter)
    if not kind then return nil end
    parameters[position] = { name = parameter.name, kind = kind, is_pid = kind == kinds.pid, need = need }
  end
  return parameters
end

local function make(entry)
  local parameters = parameters_of(entry)
  return parameters and { name = entry.name, parameters = parameters, needed = needed(entry.parameters) }
end

local cached = {}

--- The rule of a function: { name =, needed = the fewest arguments, parameters = { { name =, kind =, is_pid =, need =
-- the precondition that determines the kind, if there is one }... } }. Or nil and why there is none.
function M.of(name)
  local entry = functions.find(name)
  if not entry then return nil, "the script API of TES3MP 0.8.1 has no such function (its case matters)" end
  local reason = REFUSED[name] or REFUSED_CATEGORIES[entry.category]
  if reason then return nil, "is not run: " .. reason end
  cached[name] = cached[name] or make(entry)
  if cached[name] then return cached[name] end
  return nil, "is not run: there is no rule that says which of its calls are safe"
end

return M
