--- The preconditions of the script API's functions: the words of preconditions-0.8.1.json, and the rule for each. The
-- raw API refuses calls by these rules, the simulator enforces them, and both report the words.
--
-- A rule: { words =, kind =, ... }. The other fields depend on its kind:
--   selection: list, any_of (the functions that select it; nil for a list that the batch fills), sized (also if empty)
--   order: any_of (what must have run before)
--   index: position, argument, size (the function that returns the list's length) or written (the list that the batch
--   fills: objects, items of one, records)
--   range: position, argument, low, high
--   text: position, argument, judge (returns nil for a valid text), takes (the kind of the argument)
--   state: the words alone; the simulator knows the state
local kinds = require("timmy.raw.kinds")

local M = {}

--- The longest part of an argument's value that a message repeats, in bytes.
local LONGEST_SHOWN = 40

local READ_ACTORS = { "ReadReceivedActorList", "ReadLastActorList", "ReadCellActorList" }
local READ_OBJECTS = { "ReadReceivedObjectList", "ReadLastObjectList", "ReadLastEvent" }
local READ_WORLDSTATE = { "ReadReceivedWorldstate", "ReadLastWorldstate" }
local BEGIN_ACTORS = { "ClearActorList", "InitializeActorList", "CopyReceivedActorListToStore",
  "CopyLastActorListToStore" }

--- Parameters that are an index of the outer list.
local OUTER = { index = true, actorIndex = true, objectIndex = true, recordIndex = true }

--- Parameters that are an index of a list inside an entry: the function that returns the list's length, by the kind of
-- entry.
local INNER = {
  spell = { spellIndex = "GetActorSpellsActiveChangesSize", effectIndex = "GetActorSpellsActiveEffectCount" },
  effect = { effectIndex = "GetRecordEffectCount" },
  variable = { variableIndex = "GetClientLocalsSize" },
  container = { itemIndex = "GetContainerChangesSize" },
}

--- Checks the case only: the other properties of a text belong to the kind.
local function lower_case(value)
  if type(value) ~= "string" or value:find("%u") then return "must be in lower case: clients find no other" end
end

--- The kinds of text, by the words about an argument.
local TEXTS = {
  ["is a cell"] = kinds.cell,
  ["is a path"] = kinds.path,
  ["is a folder"] = kinds.folder,
  ["in lower case"] = lower_case,
}

--- The kinds of their arguments, if narrower than text.
local TAKES = { ["in lower case"] = kinds.faction }

local function position_of(parameters, fits)
  for position, parameter in ipairs(parameters) do
    if fits(parameter.name) then return position, parameter.name end
  end
end

local function named(name) return function(candidate) return candidate == name end end

--- The words for a batch's own records: no function counts those.
local RECORDS_ADDED = "the number of records"

--- A setter's index refers to a list that the batch itself has filled: the list, by the words about its length.
local WRITTEN = { GetObjectListSize = "objects", GetContainerChangesSize = "items", [RECORDS_ADDED] = "records" }

local function index_rule(name, parameters, fits, size)
  local position, argument = position_of(parameters, fits)
  local rule = { kind = "index", position = position, argument = argument }
  if name:find("^Set") then rule.written = WRITTEN[size] else rule.size = size end
  return rule
end

local function outer_index(name, parameters, size)
  return { index_rule(name, parameters, function(candidate) return OUTER[candidate] end, size) }
end

local function inner_indexes(name, parameters, whose)
  local result = {}
  for _, parameter in ipairs(parameters) do
    local size = INNER[whose][parameter.name]
    if size then result[#result + 1] = index_rule(name, parameters, named(parameter.name), size) end
  end
  return result
end

local function named_index(name, parameters, argument, size)
  return { index_rule(name, parameters, named(argument), size) }
end

--- The size function among those in the words that matches the function's name.
local function one_of_indexes(name, parameters, sizes)
  for size in sizes:gmatch("Get%w+Size") do
    local list = size:match("^Get(%w-)ChangesSize$") or size:match("^Get(%w-)sSize$")
    if name:find(list, 1, true) then return outer_index(name, parameters, size) end
  end
end

local function selection(list, any_of)
  return function(name)
    return { { kind = "selection", list = list, any_of = not name:find("^Set") and any_of or nil } }
  end
end

local function range(_, parameters, argument, low, high)
  local position = position_of(parameters, named(argument))
  return { { kind = "range", position = position, argument = argument, low = tonumber(low), high = tonumber(high) } }
end

local function text(_, parameters, argument, what)
  return { { kind = "text", position = position_of(parameters, named(argument)), argument = argument,
    judge = TEXTS[what], takes = TAKES[what] or TEXTS[what] } }
end

local function state() return { { kind = "state" } } end

--- The patterns of the words, and the constructor of the rules for each: from the function's name, its parameters and
-- the captures.
local FORMS = {
  { "^an actor list is selected %(", selection("actors", READ_ACTORS) },
  { "^an actor list is selected, and its cell is still loaded$",
    function() return { { kind = "selection", list = "actors", any_of = READ_ACTORS, sized = true } } end },
  { "^an object list is selected %(", selection("objects", READ_OBJECTS) },
  { "^a received worldstate is selected %(", selection("worldstate", READ_WORLDSTATE) },
  { "^a received worldstate with records is selected %(", selection("records", READ_WORLDSTATE) },
  { "^an actor is being written %(", function() return { { kind = "order", any_of = BEGIN_ACTORS } } end },
  { "^index below (Get%w+)$", outer_index },
  { "^index below the size function of its list %((.*)%)$", one_of_indexes },
  { "^index below (the number of records) of the type that were added$", outer_index },
  { "^(%w+) .-index below the size function of its inner list$", inner_indexes },
  { "^(%w+Index) below (Get%w+)$", named_index },
  { "^(%w+) from (%-?%d+) to (%d+)$", range },
  { "^the checksum is a hexadecimal number of at most 8 digits$", function(_, parameters)
    return { { kind = "text", position = position_of(parameters, named("checksumString")),
      argument = "checksumString", judge = kinds.checksum, takes = kinds.checksum } }
  end },
  { "^(%w+) (is a cell)", text }, { "^(%w+) (is a path)", text }, { "^(%w+) (is a folder)", text },
  { "^(%w+) (in lower case)$", text },
  { "^a player has connected since the start$", state },
  { "^no timer callback is running$", state },
  { "^the timer was not freed$", state },
}

local function rules_by(form, words, name, parameters)
  local captured = { words:match(form[1]) }
  if captured[1] == nil then return nil end
  return form[2](name, parameters, unpack(captured))
end

local function rules_of(words, name, parameters)
  for _, form in ipairs(FORMS) do
    local rules = rules_by(form, words, name, parameters)
    if rules then return rules end
  end
  error(("the precondition of %s has no rule: %s"):format(name, words), 0)
end

--- The rules of a function, in the order of its preconditions (words). Raises an error for words without a rule.
function M.read(name, parameters, needs)
  local all = {}
  for _, words in ipairs(needs) do
    for _, rule in ipairs(rules_of(words, name, parameters)) do
      rule.words = words
      all[#all + 1] = rule
    end
  end
  return all
end

--- Whether a value meets a rule: a whole number within the bounds of kind range, or a text that passes the judge.
function M.holds(rule, value)
  if rule.kind == "text" then return rule.judge(value) == nil end
  return type(value) == "number" and value % 1 == 0 and value >= rule.low and value <= rule.high
end

local function shown(value)
  if type(value) == "string" then return ("%q"):format(value:sub(1, LONGEST_SHOWN)) end
  return type(value) == "number" and ("%.14g"):format(value) or type(value)
end

--- A rule's argument with its value, for the end of a message.
function M.with_value(rule, value) return (" (%s is %s)"):format(rule.argument, shown(value)) end

--- The message of a refused call.
function M.unmet(name, words) return ("precondition of %s not met: %s"):format(name, words) end

return M
