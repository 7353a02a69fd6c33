--- Objects and actors as commands name them: by a loaded cell and the unique index in it ("12345-0"), as perceptions
-- list them.
local cells = require("timmy.state.cells")
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local players = require("timmy.state.players")

local M = {}

--- The two numbers of a unique index.
function M.numbers(unique_index)
  local ref_num, mp_num = unique_index:match("^(%d+)%-(%d+)$")
  return tonumber(ref_num), tonumber(mp_num)
end

--- Whether one of CoreScripts' lists, which may have holes, contains a value.
function M.contains(list, wanted)
  for _, value in pairs(type(list) == "table" and list or {}) do
    if value == wanted then return true end
  end
  return false
end

--- Registers in an object's cell that a kind of packet (`container`, `equipment`, `ai`) is to be sent to new visitors.
function M.note(thing, kind)
  local list = thing.cell.data.packets[kind]
  if not M.contains(list, thing.unique_index) then table.insert(list, thing.unique_index) end
end

--- Whether a cell's data are usable for CoreScripts' functions, which read every list of packets without checks.
local function is_sound(cell)
  local data = corescripts.data_of(cell)
  if type(data.objectData) ~= "table" or type(data.packets) ~= "table" then return false end
  for _, kind in pairs(corescripts.table_or_none(corescripts.setting("cellPacketTypes"))) do
    if type(data.packets[kind]) ~= "table" then return false end
  end
  return true
end

local function damaged(field)
  return errors.refuse("game_refused", "the saved cell is damaged; nothing was changed", field)
end

--- A loaded cell by the given name; else nil and an error.
function M.loaded_cell(name, field)
  local description = cells.normalise(name)
  local cell = cells.is_safe(description) and corescripts.loaded_cell(description)
  if not cell then
    local message = "no player has loaded the cell " .. name .. ": commands work only on cells near players"
    return errors.refuse("no_such_cell", message, field or "cell")
  end
  if not is_sound(cell) then return damaged(field or "cell") end
  return cell
end

local function holds(cell, unique_index)
  local record = corescripts.table_or_none(corescripts.data_of(cell).objectData)[unique_index]
  return type(record) == "table" and type(record.refId) == "string" and record.refId ~= ""
end

--- The loaded cell that has an object; of several the first in alphabetical order.
local function cell_holding(unique_index)
  local result
  for description, cell in pairs(corescripts.global("LoadedCells")) do
    if holds(cell, unique_index) and (not result or description < result) then result = description end
  end
  return result and _G.LoadedCells[result]
end

local function unknown(unique_index, cell, field)
  local other = cell_holding(unique_index)
  local where = other and "; it is in " .. other.description or
    ": the server knows the objects that clients have reported; see nearby_objects and nearby_actors"
  local place = cell and " in " .. cell.description or " in any loaded cell"
  return errors.refuse("no_such_target", "no object " .. unique_index .. " is known" .. place .. where, field)
end

local function cell_of(values, field)
  if values.cell then return M.loaded_cell(values.cell, "cell") end
  local cell = cell_holding(values[field])
  if not cell then return unknown(values[field], nil, field) end
  if not is_sound(cell) then return damaged(field) end
  return cell
end

local function describe(cell, unique_index)
  local ref_num, mp_num = M.numbers(unique_index)
  local data = cell.data.objectData[unique_index]
  return { cell = cell, unique_index = unique_index, ref_num = ref_num, mp_num = mp_num, data = data,
    ref_id = data.refId, is_actor = M.contains(cell.data.packets.actorList, unique_index),
    was_made = M.contains(cell.data.packets.place, unique_index) or M.contains(cell.data.packets.spawn, unique_index) }
end

--- The object that a command names: { cell, unique_index, ref_num, mp_num, data, ref_id, is_actor, was_made }; else nil
-- and an error. `field` is the argument that names it (`unique_index`).
function M.object(values, field)
  field = field or "unique_index"
  local cell, wrong = cell_of(values, field)
  if not cell then return nil, wrong end
  local unique_index = values[field]
  if not holds(cell, unique_index) then return unknown(unique_index, cell, field) end
  if M.contains(cell.data.packets.delete, unique_index) then
    return errors.refuse("no_such_target", unique_index .. " was deleted", field)
  end
  return describe(cell, unique_index)
end

local function authority_of(cell)
  local pid = cell.authority
  if pid ~= nil and players.name(pid) then return pid end
  local message = "no player's client simulates the actors of " .. cell.description .. " at the moment; try again"
  return errors.refuse("game_refused", message, "unique_index")
end

--- The same for an actor, with `authority`: the player whose client moves it.
function M.actor(values)
  local actor, wrong = M.object(values)
  if not actor then return nil, wrong end
  if not actor.is_actor then
    local message = actor.unique_index .. " (" .. actor.ref_id .. ") is no creature and no NPC"
    return errors.refuse("no_such_target", message, "unique_index")
  end
  actor.authority, wrong = authority_of(actor.cell)
  if wrong then return nil, wrong end
  return actor
end

--- The same for a living actor.
function M.living_actor(values)
  local actor, wrong = M.actor(values)
  if not actor then return nil, wrong end
  if M.contains(actor.cell.data.packets.death, actor.unique_index) then
    return errors.refuse("no_such_target", actor.unique_index .. " (" .. actor.ref_id .. ") is dead", "unique_index")
  end
  return actor
end

--- Changes an object as CoreScripts do when a client reports the change: first the cell's data, then every client.
function M.change(pid, thing, packet_type, fields)
  fields.refId = thing.ref_id
  local objects = { [thing.unique_index] = fields }
  thing.cell:SaveObjectsByPacketType(packet_type, objects)
  thing.cell:LoadObjectsByPacketType(packet_type, pid, objects, { thing.unique_index }, true)
  thing.cell:QuicksaveToDrive()
end

return M
