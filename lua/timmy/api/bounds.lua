--- Which function tells how long the list is that another reads by index. C++ looks into most of these lists
-- without a look at their length, and an index past the end is the end of the server.
--
-- A size function's arguments are the first ones of the call that is checked, as many as it has parameters.
local functions = require("timmy.api.functions")

local M = {}

--- More entries than a server takes in one packet: a list that claims more was never read.
M.LONGEST_LIST = 3000

--- By category: the parameter, its size function, and for some what the function's name begins with.
local SIZES = {
  Actors = {
    { "index", "GetActorListSize" }, { "actorIndex", "GetActorListSize" },
    { "spellIndex", "GetActorSpellsActiveChangesSize" }, { "effectIndex", "GetActorSpellsActiveEffectCount" },
  },
  Books = { { "index", "GetBookChangesSize" } },
  Cells = { { "index", "GetCellStateChangesSize" } },
  Dialogue = { { "index", "GetTopicChangesSize" } },
  Factions = { { "index", "GetFactionChangesSize" } },
  GUI = { { "index", "GetQuickKeyChangesSize" } },
  Items = { { "index", "GetInventoryChangesSize" }, { "changeIndex", "GetEquipmentChangesSize" } },
  Objects = {
    { "index", "GetObjectListSize" }, { "objectIndex", "GetObjectListSize" },
    { "variableIndex", "GetClientLocalsSize" }, { "itemIndex", "GetContainerChangesSize" },
  },
  Quests = { { "index", "GetJournalChangesSize", "GetJournalItem" } },
  RecordsDynamic = {
    { "index", "GetRecordCount", "GetRecord" }, { "recordIndex", "GetRecordCount" },
    { "effectIndex", "GetRecordEffectCount" },
  },
  Spells = {
    { "index", "GetSpellbookChangesSize", "GetSpellId" }, { "index", "GetCooldownChangesSize", "GetCooldown" },
    { "index", "GetSpellsActiveChangesSize", "%w+SpellsActive" }, { "spellIndex", "GetSpellsActiveChangesSize" },
    { "effectIndex", "GetSpellsActiveEffectCount" },
  },
  Worldstate = {
    { "index", "GetKillChangesSize", "GetKill" }, { "index", "GetMapChangesSize", "GetMapTile" },
    { "index", "GetMapChangesSize", "SaveMapTile" }, { "index", "GetClientGlobalsSize", "GetClientGlobal" },
  },
}

--- Reads what the batch itself has written, where no size function looks: see timmy.api.written.
local WRITTEN = { SetContainerItemActionCountByIndex = true, SetRecordIdByIndex = true,
  SetRecordEnchantmentIdByIndex = true }

local function size_of(entry, parameter)
  for _, size in ipairs(SIZES[entry.category] or {}) do
    if size[1] == parameter.name and entry.name:find("^" .. (size[3] or "")) then return size[2] end
  end
  return nil
end

local made = {}

local function make(entry)
  local found = {}
  if WRITTEN[entry.name] then return found end
  for position, parameter in ipairs(entry.parameters) do
    local size = size_of(entry, parameter)
    if size then
      local takes = #functions.find(size).parameters
      found[#found + 1] = { position = position, name = parameter.name, size = size, takes = takes }
    end
  end
  return found
end

--- The bounds of a function's indexes, outermost first: { { position =, name =, size =, takes = }... }.
function M.of(name)
  made[name] = made[name] or make(functions.find(name))
  return made[name]
end

--- What is wrong with an index, `size` being how many entries there are; nil when nothing is.
function M.judge(bound, index, size)
  if size > M.LONGEST_LIST then return bound.size .. " says " .. size .. ": the list was never read whole" end
  if index < size then return nil end
  if size == 0 then return "the list is empty (" .. bound.size .. " says 0)" end
  return "must be at most " .. size - 1 .. " (" .. bound.size .. " says " .. size .. ")"
end

return M
