--- What clients have sent that the script API can read, and how far it can be believed.
--
-- The server keeps the last packet of actors, of objects and of the world. Its counts hold while the event of a packet
-- is handled, those of items only for a container's: that is when the bridge takes down what it goes by afterwards.
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

--- The world's own lists know their lengths, whatever has come.
local ALWAYS_TRUE = { worldstate = true }

--- What was heard: for actors and records whether anything was, for objects what the last packet held.
local heard = {}

--- The objects of the packet at hand: how many, and the items of each where it is a container's.
local function objects_at_hand(hook)
  guard.unchecked("ReadReceivedObjectList")
  local size, items = guard.unchecked("GetObjectListSize"), nil
  if hook == "OnContainer" then
    items = {}
    for index = 0, size - 1 do items[index] = guard.unchecked("GetContainerChangesSize", index) end
  end
  return { size = size, items = items }
end

--- Takes down what comes from now on. Nothing that came before is believed.
function M.listen()
  heard = {}
  for family, names in pairs(EVENTS) do
    for _, hook in ipairs(names) do
      hooks.hear(hook, function() heard[family] = family ~= "objects" or objects_at_hand(hook) end)
    end
  end
end

--- Of a cell that nobody has loaded only the size of its list can be asked for.
local function judge_cell(selection)
  if not selection.sized and guard.unchecked("GetActorListSize") == 0 then
    return "nobody has told of actors in that cell"
  end
end

--- How many items each object of the last packet has, in order; empty unless it was a container's and still is there.
function M.items_of_objects()
  local objects, found = heard.objects, {}
  if not objects or not objects.items then return found end
  for index = 0, objects.size - 1 do
    local items = guard.unchecked("GetContainerChangesSize", index)
    if items ~= objects.items[index] then return {} end
    found[index + 1] = items
  end
  return found
end

local NO_EVENT = "a packet has come since that raised no event"

local function judge_objects(name, index)
  if guard.unchecked("GetObjectListSize") ~= heard.objects.size then return NO_EVENT end
  if not name:find("^GetContainer") then return nil end
  local items = heard.objects.items
  if not items then return "the last packet of objects was no container's" end
  if index < heard.objects.size and guard.unchecked("GetContainerChangesSize", index) ~= items[index] then
    return NO_EVENT
  end
end

--- Why what the last `read` selected does not meet a function's precondition `selection` now, in words; nil where it
-- does. `index` is the function's first argument, or nil.
function M.judge(selection, name, index, read)
  local list, reason = selection.list, nil
  if ALWAYS_TRUE[list] then return nil end
  if list == "actors" and read == "ReadCellActorList" then
    reason = judge_cell(selection)
  elseif not heard[list] then
    reason = "no client has sent " .. list .. " since the bridge started"
  elseif list == "objects" then
    reason = judge_objects(name, index)
  end
  return reason and selection.words .. ": " .. reason
end

return M
