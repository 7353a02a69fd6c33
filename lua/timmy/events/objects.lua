--- Events of objects: opened, locked, placed, taken, hit, spoken to.
local id_lists = require("timmy.state.id_lists")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local shapes = require("timmy.events.shapes")

local finite, whole = numbers.finite, numbers.whole

--- A reader of a packet about objects in a cell, and the players it is about.
local function each(describe, describe_player)
  return function(_, cell, objects, target_players)
    local listed, left_out = shapes.listed(objects, describe)
    return { cell = shapes.text_or(cell, ""), objects = listed, left_out = left_out,
      players = shapes.people(target_players, describe_player) }
  end
end

local function activated(entry)
  return { by = shapes.doer(entry, "activatingPid", "activatingUniqueIndex") }
end

local function hit(entry)
  local blow = shapes.table_or_empty(entry.hit)
  return { by = shapes.doer(entry, "hittingPid", "hittingUniqueIndex"), success = blow.success == true,
    damage = finite(blow.damage), blocked = blow.block == true, knocked_down = blow.knockdown == true }
end

local function sound(entry) return { sound = shapes.text_or(entry.soundId, "") } end

local function add_place(into, location)
  location = shapes.table_or_empty(location)
  into.x, into.y, into.z = finite(location.posX), finite(location.posY), finite(location.posZ)
  return into
end

local function placed(entry)
  return add_place({ count = math.max(0, whole(entry.count, 1)), dropped = entry.droppedByPlayer == true },
    entry.location)
end

local function spawned(entry) return add_place({ summoned = type(entry.summon) == "table" }, entry.location) end

--- CoreScripts' numbers (`enumerations.doorstate`, `.dialogueChoice`).
local DOORS = { "open", "closed" }
local CHOICES = { [0] = "topic", "persuasion", "companion_share", "barter", "spells", "travel", "spellmaking",
  "enchanting", "training", "repair" }

local function said(entry)
  return { choice = CHOICES[entry.dialogueChoiceType] or "topic",
    topic = id_lists.is_id(entry.dialogueTopic) and entry.dialogueTopic or nil }
end

--- A container's packet lists { refId, uniqueIndex } without keys.
local function containers(_, cell, objects)
  local named = {}
  for _, object in pairs(shapes.table_or_empty(objects)) do
    if type(object) == "table" and id_lists.is_id(object.uniqueIndex) then named[object.uniqueIndex] = object end
  end
  local listed, left_out = shapes.listed(named)
  return { cell = shapes.text_or(cell, ""), objects = listed, left_out = left_out, players = json.array({}) }
end

local function console(pid, cell, command, objects, target_players)
  local data = each()(pid, cell, objects, target_players)
  data.command = shapes.text_or(command, "")
  return data
end

return {
  { event = "object_activate", hook = "OnObjectActivate", counts = shapes.is_done, read = each(activated, activated) },
  { event = "object_hit", hook = "OnObjectHit", counts = shapes.is_done, read = each(hit, hit) },
  { event = "object_sound", hook = "OnObjectSound", counts = shapes.is_done, read = each(sound, sound) },
  { event = "object_place", hook = "OnObjectPlace", counts = shapes.is_done, read = each(placed) },
  { event = "object_spawn", hook = "OnObjectSpawn", counts = shapes.is_done, read = each(spawned) },
  { event = "object_delete", hook = "OnObjectDelete", counts = shapes.is_done, read = each() },
  { event = "object_lock", hook = "OnObjectLock", counts = shapes.is_done,
    read = each(function(entry) return { lock_level = whole(entry.lockLevel) } end) },
  { event = "object_trap", hook = "OnObjectTrap", counts = shapes.is_done, read = each() },
  { event = "object_scale", hook = "OnObjectScale", counts = shapes.is_done,
    read = each(function(entry) return { scale = finite(entry.scale, 1) } end) },
  { event = "object_state", hook = "OnObjectState", counts = shapes.is_done,
    read = each(function(entry) return { enabled = entry.state ~= false } end) },
  { event = "object_gold", hook = "OnObjectMiscellaneous", counts = shapes.is_done,
    read = each(function(entry) return { gold = whole(entry.goldPool) } end) },
  { event = "object_restock", hook = "OnObjectRestock", counts = shapes.is_done, read = each() },
  { event = "dialogue_choice", hook = "OnObjectDialogueChoice", counts = shapes.is_done, read = each(said) },
  { event = "door_state", hook = "OnDoorState", counts = shapes.is_done,
    read = each(function(entry) return { door = DOORS[entry.doorState] or "closed" } end) },
  { event = "container", hook = "OnContainer", counts = shapes.is_done, read = containers },
  { event = "console_command", hook = "OnConsoleCommand", counts = shapes.is_done, read = console },
  { event = "script_local", hook = "OnClientScriptLocal", counts = shapes.is_done, read = each() },
}
