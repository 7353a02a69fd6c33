--- Commands about creatures and NPCs: spawn, equip, set stats, move, speak, kill.
local cells = require("timmy.state.cells")
local checks = require("timmy.wire.checks")
local commands = require("timmy.commands.thing_commands")
local console = require("timmy.game.object_console")
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local json = require("timmy.wire.json")
local npc_lines = require("timmy.state.npc_lines")
local packets = require("timmy.game.actor_packets")
local placement = require("timmy.state.placement")
local records = require("timmy.commands.record_making")
local speech = require("timmy.state.speech")
local things = require("timmy.state.things")
local types = require("timmy.state.record_types")

local MOST_LINES = 32
local line_list = checks.list(checks.text, 1, MOST_LINES)

local function spawn_at(spot, ref_id)
  local object = _G.dataTableBuilder.BuildObjectData(ref_id)
  return _G.logicHandler.CreateObjectAtLocation(spot.cell, placement.location(spot), object, "spawn")
end

local function keep_lines(actor, fields)
  actor.data[npc_lines.KEY] = fields and { lines = { unpack(fields) }, said = 0 } or nil
  actor.cell:QuicksaveToDrive()
end

local spawn = { name = "spawn_actor" }

spawn.fields = commands.fields(commands.PLAYER, { { name = "ref_id", check = checks.name } }, placement.fields)

function spawn.run(pid, values)
  local spot, wrong = placement.find(pid, values)
  if not spot then return nil, wrong end
  if not records.is_known(values.ref_id) then
    return errors.refuse("no_such_target", "there is no record " .. values.ref_id .. " any more", "ref_id")
  end
  return placement.answer(spot, { unique_index = spawn_at(spot, values.ref_id), ref_id = values.ref_id })
end

local function is_npc(value)
  if type(value) ~= "table" then return "must be an object" end
  if value.type ~= nil and value.type ~= "npc" then return "must be npc", "type" end
  local fields = { type = "npc" }
  for name, field in pairs(value) do fields[name] = field end
  return types.check_fields(fields)
end

local spawn_npc = { name = "spawn_npc", fields = commands.fields(commands.PLAYER, { { name = "npc", check = is_npc },
  { name = "lines", check = line_list, optional = true } }, placement.fields) }

function spawn_npc.run(pid, values)
  local spot, wrong = placement.find(pid, values)
  if not spot then return nil, wrong end
  local fields = { type = "npc" }
  for name, field in pairs(values.npc) do fields[name] = field end
  local created
  created, wrong = records.make(pid, fields)
  if not created then return errors.refuse(wrong.code, wrong.message, "npc") end
  local unique_index = spawn_at(spot, created.id)
  if values.lines then keep_lines(things.object({ cell = spot.cell, unique_index = unique_index }), values.lines) end
  return placement.answer(spot, { unique_index = unique_index, ref_id = created.id, permanent = created.permanent })
end

--- CoreScripts' names of the equipment slots, in lower case.
local SLOTS = { "helmet", "cuirass", "greaves", "left_pauldron", "right_pauldron", "left_gauntlet", "right_gauntlet",
  "boots", "shirt", "pants", "skirt", "robe", "left_ring", "right_ring", "amulet", "belt", "carried_right",
  "carried_left", "ammunition" }
local SLOT = { name = "slot", check = checks.one_of(unpack(SLOTS)) }

--- An actor's equipment, to be changed; nil and an error until a client has reported it.
local function worn_by(actor)
  local worn = actor.data.equipment
  if worn ~= nil then
    if corescripts.is_sound_inventory(worn) then return worn end
    return errors.refuse("game_refused", "the actor's saved equipment is damaged; nothing was changed", "unique_index")
  end
  if not actor.was_made then
    local message = "no client has reported the equipment of " .. actor.unique_index .. " yet; try again"
    return errors.refuse("game_refused", message, "unique_index")
  end
  return {}
end

local function dress(actor, worn)
  actor.data.equipment = worn
  things.note(actor, "equipment")
  packets.equipment(actor, worn)
  actor.cell:QuicksaveToDrive()
end

local equip = commands.of_actor("equip_actor", { SLOT, { name = "item", check = checks.name },
  { name = "count", check = checks.integer(1, 1000000), default = 1 } }, function(actor, values)
  local worn, wrong = worn_by(actor)
  if not worn then return nil, wrong end
  if not records.is_known(values.item) then
    return errors.refuse("no_such_target", "there is no record " .. values.item .. " any more", "item")
  end
  records.link(actor.cell, values.item, actor.unique_index)
  worn[_G.enumerations.equipment[values.slot:upper()]] = { refId = values.item, count = values.count, charge = -1,
    enchantmentCharge = -1 }
  dress(actor, worn)
  return { slot = values.slot, item = values.item }
end)

local unequip = commands.of_actor("unequip_actor", { SLOT }, function(actor, values)
  local worn, wrong = worn_by(actor)
  if not worn then return nil, wrong end
  local slot = _G.enumerations.equipment[values.slot:upper()]
  worn[slot] = nil
  dress(actor, worn)
  return { slot = values.slot }
end)

local STATS = { "health", "magicka", "fatigue", "level", "disposition", "fight", "flee", "alarm", "hello", "strength",
  "intelligence", "willpower", "agility", "speed", "endurance", "personality", "luck", "block", "armorer",
  "mediumarmor", "heavyarmor", "bluntweapon", "longblade", "axe", "spear", "athletics", "enchant", "destruction",
  "alteration", "illusion", "conjuration", "mysticism", "restoration", "alchemy", "unarmored", "security", "sneak",
  "acrobatics", "lightarmor", "shortblade", "marksman", "mercantile", "speechcraft", "handtohand" }

local set_stat = commands.of_actor("set_actor_stat", { { name = "stat", check = checks.one_of(unpack(STATS)) },
  { name = "value", check = checks.integer(0, 100000) } }, function(actor, values)
  if values.stat == "health" and values.value == 0 then
    return errors.refuse("bad_arguments", "value: an actor without health dies: use kill_actor", "value")
  end
  local wrong = console.run(actor, "set" .. values.stat .. " " .. values.value)
  if wrong then return nil, wrong end
  return { stat = values.stat, value = values.value }
end)

local say = commands.of_actor("say_as_actor", { { name = "text", check = checks.text, optional = true },
  { name = "voice", check = checks.name, optional = true }, { name = "name", check = checks.name, optional = true },
  { name = "radius", check = checks.number(1, 100000), default = 2048 } }, function(actor, values)
  local name, receivers = values.name or speech.name_of(actor), {}
  if values.text then receivers = speech.say(actor, name, values.text, values.radius) end
  if values.voice then packets.speech(actor, values.voice) end
  return { heard_by = json.array(receivers) }
end, function(values)
  if values.text or values.voice then return nil end
  return errors.new("bad_arguments", "give a text, a voice (a sound file of the clients), or both", "text")
end)

local function is_group(value)
  if type(value) ~= "string" or #value > 64 or not value:find("^%w[%w_]*$") then
    return 'must be the name of an animation group like "idle3"'
  end
  return nil
end

local animate = commands.of_actor("animate_actor", { { name = "group", check = is_group },
  { name = "loops", check = checks.integer(0, 1000), default = 0 } }, function(actor, values)
  local command = values.loops > 0 and ("loopgroup %s %d 1"):format(values.group, values.loops)
    or ("playgroup %s 1"):format(values.group)
  local wrong = console.run(actor, command)
  if wrong then return nil, wrong end
  return { group = values.group }
end)

local MINUTES_PER_DEGREE = 60 -- the console counts an actor's heading so

local function destination(actor, values)
  local here = actor.cell.description
  local cell = values.to_cell and cells.normalise(values.to_cell)
  if not cell then cell = cells.grid(here) and cells.under(values.x, values.y) or here end
  if not cells.is_safe(cell) or cell:find('"', 1, true) then
    return errors.refuse("no_such_cell", "no cell " .. cell .. " can be named to a client", "to_cell")
  end
  if not placement.lies_in(cell, values.x, values.y) then
    local message = "x and y lie in cell " .. cells.under(values.x, values.y) .. ", not in " .. cell
    return errors.refuse("bad_arguments", message, "to_cell")
  end
  return cell
end

local move = commands.of_actor("move_actor", { { name = "x", check = placement.coordinate },
  { name = "y", check = placement.coordinate }, { name = "z", check = placement.coordinate },
  { name = "to_cell", check = checks.name, optional = true },
  { name = "yaw", check = placement.angle, default = 0 } }, function(actor, values)
  local cell, wrong = destination(actor, values)
  if not cell then return nil, wrong end
  local minutes = values.yaw * MINUTES_PER_DEGREE
  local command = ("position %.2f %.2f %.2f %.2f"):format(values.x, values.y, values.z, minutes)
  if not cells.grid(cell) then
    command = ('positioncell %.2f %.2f %.2f %.2f "%s"'):format(values.x, values.y, values.z, minutes, cell)
  end
  wrong = console.run(actor, command)
  if wrong then return nil, wrong end
  return { to_cell = cell, x = values.x, y = values.y, z = values.z }
end)

local kill = commands.of_actor("kill_actor", {}, function(actor)
  local wrong = console.run(actor, "sethealth 0")
  return nil, wrong
end)

local set_lines = commands.of_actor("set_actor_lines", {
  { name = "lines", check = checks.list(checks.text, 0, MOST_LINES) },
}, function(actor, values)
  keep_lines(actor, #values.lines > 0 and values.lines or nil)
  return { lines = #values.lines }
end)

return { spawn, spawn_npc, equip, unequip, set_stat, say, animate, move, kill, set_lines }
