--- What clients have sent that the script API can read, and how far it can be believed.
--
-- The server keeps the last packet of actors, of objects and of the world. Its counts are random memory until the first
-- one has come; a container's count of items is so again after each packet that isn't a container's; and a packet that
-- fails the server's test leaves its count with nothing behind it. Only while a packet's event is handled is all of it
-- true, so that is when the bridge takes down what it goes by afterwards.
local game = require("timmy.game")
local hooks = require("timmy.hooks")

local M = {}

local EVENTS = {
  actors = { "OnActorList", "OnActorEquipment", "OnActorAI", "OnActorDeath", "OnActorSpellsActive",
    "OnActorCellChange" },
  objects = { "OnObjectActivate", "OnObjectHit", "OnObjectPlace", "OnObjectSpawn", "OnObjectDelete", "OnObjectLock",
    "OnObjectTrap", "OnObjectScale", "OnObjectState", "OnObjectSound", "OnObjectMiscellaneous", "OnObjectRestock",
    "OnObjectDialogueChoice", "OnDoorState", "OnContainer", "OnConsoleCommand", "OnVideoPlay", "OnClientScriptLocal" },
  records = { "OnRecordDynamic" },
}

--- Which packet a category's functions read. The world's own lists know their lengths, whatever has come.
local FAMILY = { Actors = "actors", Objects = "objects", RecordsDynamic = "records" }

--- What was heard: for actors and records whether anything was, for objects what the last packet held.
local heard = {}

--- The objects of the packet at hand: how many, and the items of each where it is a container's.
local function objects_at_hand(hook)
  game.unchecked("ReadReceivedObjectList")
  local size, items = game.unchecked("GetObjectListSize"), nil
  if hook == "OnContainer" then
    items = {}
    for index = 0, size - 1 do items[index] = game.unchecked("GetContainerChangesSize", index) end
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

--- The list of a cell that nobody has loaded is a null pointer, and only its size is looked at with care.
local function judge_cell(name)
  if name ~= "GetActorListSize" and game.unchecked("GetActorListSize") == 0 then
    return "can't be read: nobody has told of actors in that cell"
  end
end

--- How many items each object of the last packet has, in order; empty unless it was a container's and still is there.
function M.items_of_objects()
  local objects, found = heard.objects, {}
  if not objects or not objects.items then return found end
  for index = 0, objects.size - 1 do
    local items = game.unchecked("GetContainerChangesSize", index)
    if items ~= objects.items[index] then return {} end
    found[index + 1] = items
  end
  return found
end

local function judge_objects(name, index)
  if game.unchecked("GetObjectListSize") ~= heard.objects.size then
    return "can't be read: a packet has come since that raised no event"
  end
  if not name:find("^GetContainer") then return nil end
  local items = heard.objects.items
  if not items then return "can't be read: the last packet of objects was no container's" end
  if index < heard.objects.size and game.unchecked("GetContainerChangesSize", index) ~= items[index] then
    return "can't be read: a packet has come since that raised no event"
  end
end

--- Why what the last `read` selected can't be read by a function of `category` now; nil where it can. `index` is the
-- function's first argument, or nil.
function M.judge(category, name, index, read)
  if category == "Actors" and read == "ReadCellActorList" then return judge_cell(name) end
  local family = FAMILY[category]
  if not family then return nil end
  if not heard[family] then return "can't be read: no client has sent " .. family .. " since the bridge started" end
  if family == "objects" then return judge_objects(name, index) end
end

return M
