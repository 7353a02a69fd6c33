--- Data received from clients that the script API can read, and whether they are valid.
--
-- The server keeps the last packet of actors, of objects and of the world. Its counts are valid while the packet's
-- event is handled, and those of items only for a container's packet: the bridge records them at that time.
local guard = require("timmy.game.guard")
local hooks = require("timmy.game.hooks")

local M = {}

local EVENTS = {
  actors = { "OnActorList", "OnActorEquipment", "OnActorAI", "OnActorDeath", "OnActorSpellsActive",
    "OnActorCellChange" },
  objects = { "OnObjectActivate", "OnObjectHit", "OnObjectPlace", "OnObjectSpawn", "OnObjectDelete", "OnObjectLock",
    "OnObjectTrap", "OnObjectScale", "OnObjectState", "OnObjectSound", "OnObjectMiscellaneous", "OnObjectRestock",
    "OnObjectDialogueChoice", "OnDoorState", "OnContainer", "OnConsoleCommand", "OnVideoPlay", "OnClientScriptLocal" },
  records = { "OnRecordDynamic" },
}

--- The world's own lists always have valid lengths.
local ALWAYS_TRUE = { worldstate = true }

--- What was received: for actors and records only whether there was a packet, for objects the contents of the last one.
local received = {}

--- The objects of the current packet: their number, and the items of each if it is a container's packet.
local function objects_at_hand(hook)
  guard.unchecked("ReadReceivedObjectList")
  local size, items = guard.unchecked("GetObjectListSize"), nil
  if hook == "OnContainer" then
    items = {}
    for index = 0, size - 1 do items[index] = guard.unchecked("GetContainerChangesSize", index) end
  end
  return { size = size, items = items }
end

--- Starts recording. Earlier packets count as not received.
function M.listen()
  received = {}
  for family, names in pairs(EVENTS) do
    for _, hook in ipairs(names) do
      hooks.hear(hook, function() received[family] = family ~= "objects" or objects_at_hand(hook) end)
    end
  end
end

--- A cell that is not loaded only has the size of its list.
local function judge_cell(selection)
  if not selection.sized and guard.unchecked("GetActorListSize") == 0 then
    return "no client has reported actors in that cell"
  end
end

--- The number of items of each object of the last packet, in order; empty unless it was a container's packet and is
-- still the current one.
function M.items_of_objects()
  local objects, result = received.objects, {}
  if not objects or not objects.items then return result end
  for index = 0, objects.size - 1 do
    local items = guard.unchecked("GetContainerChangesSize", index)
    if items ~= objects.items[index] then return {} end
    result[index + 1] = items
  end
  return result
end

local NO_EVENT = "a packet has come since that raised no event"

local function judge_objects(name, index)
  if guard.unchecked("GetObjectListSize") ~= received.objects.size then return NO_EVENT end
  if not name:find("^GetContainer") then return nil end
  local items = received.objects.items
  if not items then return "the last packet of objects was no container's" end
  if index < received.objects.size and guard.unchecked("GetContainerChangesSize", index) ~= items[index] then
    return NO_EVENT
  end
end

--- Why the selection of the last `read` does not meet a function's precondition `selection` now, in words; nil if it
-- does. `index` is the function's first argument, or nil.
function M.judge(selection, name, index, read)
  local list, reason = selection.list, nil
  if ALWAYS_TRUE[list] then return nil end
  if list == "actors" and read == "ReadCellActorList" then
    reason = judge_cell(selection)
  elseif not received[list] then
    reason = "no client has sent " .. list .. " since the bridge started"
  elseif list == "objects" then
    reason = judge_objects(name, index)
  end
  return reason and selection.words .. ": " .. reason
end

return M
