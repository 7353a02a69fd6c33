--- What must have run earlier in the same batch: the `Read*` that selects the list to read, and the `Clear*` that
-- begins the list to fill and send. Between two ticks other scripts use the same lists.
local functions = require("timmy.raw.functions")

local M = {}

local COPY_ACTORS = { "CopyReceivedActorListToStore", "CopyLastActorListToStore" }
local COPY_OBJECTS = { "CopyReceivedObjectListToStore", "CopyLastObjectListToStore" }
local COPY_WORLDSTATE = { "CopyReceivedWorldstateToStore", "CopyLastWorldstateToStore" }

local function joined(one, other)
  local all = {}
  for _, name in ipairs(one) do all[#all + 1] = name end
  for _, name in ipairs(other) do all[#all + 1] = name end
  return all
end

local ACTOR_LIST = joined({ "ClearActorList", "InitializeActorList" }, COPY_ACTORS)
local OBJECT_LIST = joined({ "ClearObjectList", "InitializeObjectList", "InitializeEvent" }, COPY_OBJECTS)
local RECORDS = joined({ "ClearRecords" }, COPY_WORLDSTATE)

--- Functions that fill or send a list, by names or prefixes (with *), and the function that begins that list.
local BEGUN = {
  { { "AddActor" }, ACTOR_LIST },
  { { "SendActor*" }, ACTOR_LIST },
  { { "SendActor*" }, joined({ "SetActorListPid", "InitializeActorList" }, COPY_ACTORS) },
  { { "AddObject", "AddWorldObject" }, OBJECT_LIST },
  { { "SendObject*", "SendDoor*", "SendContainer", "SendVideoPlay", "SendClientScriptLocal", "SendConsoleCommand" },
    OBJECT_LIST },
  { { "SendObject*", "SendDoor*", "SendContainer", "SendVideoPlay", "SendClientScriptLocal", "SendConsoleCommand" },
    joined({ "SetObjectListPid", "InitializeObjectList", "InitializeEvent" }, COPY_OBJECTS) },
  { { "AddRecord", "SendRecordDynamic" }, RECORDS },
  { { "AddRecord", "SendRecordDynamic" }, joined({ "SetRecordType" }, COPY_WORLDSTATE) },
  { { "AddKill" }, { "ClearKillChanges" } },
  { { "LoadMapTileImageFile" }, { "ClearMapChanges" } },
  { { "AddClientGlobal*" }, { "ClearClientGlobals" } },
  { { "AddSynchronizedClientScriptId" }, { "ClearSynchronizedClientScriptIds" } },
  { { "AddSynchronizedClientGlobalId" }, { "ClearSynchronizedClientGlobalIds" } },
  { { "AddEnforcedCollisionRefId" }, { "ClearEnforcedCollisionRefIds" } },
  { { "AddCellToReset" }, { "ClearCellsToReset" } },
  { { "AddDestinationOverride" }, { "ClearDestinationOverrides" } },
}

--- The same for lists of single players: begun for the player in the first argument.
local BEGUN_FOR_PLAYER = {
  { { "AddBook" }, { "ClearBookChanges", "InitializeBookChanges" } },
  { { "AddTopic" }, { "ClearTopicChanges", "InitializeTopicChanges" } },
  { { "AddFaction" }, { "ClearFactionChanges", "InitializeFactionChanges" } },
  { { "AddQuickKey" }, { "ClearQuickKeyChanges", "InitializeQuickKeyChanges" } },
  { { "AddItem", "AddItemChange" }, { "ClearInventoryChanges", "InitializeInventoryChanges" } },
  { { "AddJournal*" }, { "ClearJournalChanges", "InitializeJournalChanges" } },
  { { "AddSpell" }, { "ClearSpellbookChanges", "InitializeSpellbookChanges" } },
  { { "AddSpellActive" }, { "ClearSpellsActiveChanges" } },
  { { "AddCooldownSpell" }, { "ClearCooldownChanges" } },
  { { "AddAlliedPlayerForPlayer" }, { "ClearAlliedPlayersForPlayer" } },
}

local function is_named(name, patterns)
  for _, pattern in ipairs(patterns) do
    local start = pattern:match("^(.*)%*$")
    if name == pattern or (start and name:sub(1, #start) == start) then return true end
  end
  return false
end

local function add_begun(result, name, lists, for_player)
  for _, list in ipairs(lists) do
    if is_named(name, list[1]) then result[#result + 1] = { any_of = list[2], for_player = for_player } end
  end
end

--- The precondition of a function that reads a selected list; else nil.
function M.selection(entry)
  for _, rule in ipairs(entry.preconditions) do
    if rule.kind == "selection" and rule.any_of then return rule end
  end
end

local function make(entry)
  local result = {}
  for _, rule in ipairs(entry.preconditions) do
    if rule.any_of then result[#result + 1] = { any_of = rule.any_of, words = rule.words } end
  end
  add_begun(result, entry.name, BEGUN, false)
  add_begun(result, entry.name, BEGUN_FOR_PLAYER, true)
  return result
end

local cached = {}

--- What must have run before a function, one function of each entry: { { any_of = names, for_player = whether for the
-- player in the first argument, words = the precondition's, if it has any }... }
function M.of(name)
  cached[name] = cached[name] or make(functions.find(name))
  return cached[name]
end

--- A batch's marks of functions that ran, and of the players for whom they ran.
function M.mark(name, pid) return pid and name .. ":" .. pid or name end

--- The first unmet requirement of a function, in words; `ran` has the marks of functions that ran.
function M.missing(name, pid, ran)
  for _, need in ipairs(M.of(name)) do
    local met = false
    for _, earlier in ipairs(need.any_of) do
      met = met or ran[M.mark(earlier, need.for_player and pid or nil)]
    end
    if not met then
      local whom = need.for_player and " for the same player" or ""
      local earlier = "needs " .. table.concat(need.any_of, " or ") .. " earlier in the batch" .. whom
      return need.words and need.words .. ": " .. earlier or earlier
    end
  end
  return nil
end

return M
