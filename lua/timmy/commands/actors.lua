--- Commands about creatures and NPCs: spawn, equip, set stats, move, speak, kill.
local cells = require("timmy.state.cells")
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

local M = {}

local function spawn_at(spot, ref_id)
  local object = _G.dataTableBuilder.BuildObjectData(ref_id)
  return _G.logicHandler.CreateObjectAtLocation(spot.cell, placement.location(spot), object, "spawn")
end

local function keep_lines(actor, fields)
  actor.data[npc_lines.KEY] = fields and { lines = { unpack(fields) }, said = 0 } or nil
  actor.cell:QuicksaveToDrive()
end

function M.spawn_actor(pid, values)
  local spot, wrong = placement.find(pid, values)
  if not spot then return nil, wrong end
  if not records.is_known(values.ref_id) then
    return errors.refuse("no_such_target", "there is no record " .. values.ref_id .. " any more", "ref_id")
  end
  return placement.answer(spot, { unique_index = spawn_at(spot, values.ref_id), ref_id = values.ref_id })
end

function M.spawn_npc(pid, values)
  local spot, wrong = placement.find(pid, values)
  if not spot then return nil, wrong end
  local created
  created, wrong = records.make(pid, values.npc)
  if not created then return errors.refuse(wrong.code, wrong.message, "npc") end
  local unique_index = spawn_at(spot, created.id)
  if values.lines then keep_lines(things.object({ cell = spot.cell, unique_index = unique_index }), values.lines) end
  return placement.answer(spot, { unique_index = unique_index, ref_id = created.id, permanent = created.permanent })
end

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

M.equip_actor = commands.of_actor(function(actor, values)
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

M.unequip_actor = commands.of_actor(function(actor, values)
  local worn, wrong = worn_by(actor)
  if not worn then return nil, wrong end
  local slot = _G.enumerations.equipment[values.slot:upper()]
  worn[slot] = nil
  dress(actor, worn)
  return { slot = values.slot }
end)

M.set_actor_stat = commands.of_actor(function(actor, values)
  if values.stat == "health" and values.value == 0 then
    return errors.refuse("bad_arguments", "value: an actor without health dies: use kill_actor", "value")
  end
  local wrong = console.run(actor, "set" .. values.stat .. " " .. values.value)
  if wrong then return nil, wrong end
  return { stat = values.stat, value = values.value }
end)

M.say_as_actor = commands.of_actor(function(actor, values)
  local name, receivers = values.name or speech.name_of(actor), {}
  if values.text then receivers = speech.say(actor, name, values.text, values.radius) end
  if values.voice then packets.speech(actor, values.voice) end
  return { heard_by = json.array(receivers) }
end, function(values)
  if values.text or values.voice then return nil end
  return errors.new("bad_arguments", "give a text, a voice (a sound file of the clients), or both", "text")
end)

M.animate_actor = commands.of_actor(function(actor, values)
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

M.move_actor = commands.of_actor(function(actor, values)
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

M.kill_actor = commands.of_actor(function(actor)
  local wrong = console.run(actor, "sethealth 0")
  return nil, wrong
end)

M.set_actor_lines = commands.of_actor(function(actor, values)
  keep_lines(actor, #values.lines > 0 and values.lines or nil)
  return { lines = #values.lines }
end)

return M
