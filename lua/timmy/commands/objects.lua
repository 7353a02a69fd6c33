--- Commands about objects in the world: place, delete, move, rotate, scale, lock, open, use.
local cells = require("timmy.state.cells")
local commands = require("timmy.commands.thing_commands")
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local numbers = require("timmy.wire.numbers")
local packets = require("timmy.game.object_packets")
local placement = require("timmy.state.placement")
local records = require("timmy.commands.record_making")
local things = require("timmy.state.things")

local M = {}

--- CoreScripts store an object's position, but not its count and charge; clients that join later would get one unused
-- item. So these are added.
local function remember_stack(cell, unique_index, values)
  local kept = cell.data.objectData[unique_index]
  if values.count ~= 1 then kept.count = values.count end
  if values.charge ~= -1 then kept.charge = values.charge end
  if values.soul then kept.soul = values.soul end
  cell:QuicksaveToDrive()
end

function M.place_item(pid, values)
  local spot, wrong = placement.find(pid, values)
  if not spot then return nil, wrong end
  if not records.is_known(values.item) then
    return errors.refuse("no_such_target", "there is no record " .. values.item .. " any more", "item")
  end
  local stack = _G.dataTableBuilder.BuildObjectData(values.item, values.count, values.charge, -1, values.soul)
  local location = placement.location(spot)
  local index = _G.logicHandler.CreateObjectAtLocation(spot.cell, location, stack, "place")
  remember_stack(corescripts.loaded_cell(spot.cell), index, values)
  return placement.answer(spot, { unique_index = index, item = values.item, count = values.count })
end

M.delete_object = commands.of_object(function(thing, _, pid)
  things.change(pid, thing, "ObjectDelete", {})
end)

local function not_for_actors(thing)
  if not thing.is_actor then return nil end
  return errors.new("bad_arguments", thing.unique_index .. " is an actor: use move_actor", "unique_index")
end

--- Only objects created on the server keep a new position for clients that return: no position is stored for objects of
-- the data files.
local function remember(thing, location)
  if not thing.was_made or type(thing.data.location) ~= "table" then return { lasting = false } end
  for name, value in pairs(location) do thing.data.location[name] = value end
  thing.cell:QuicksaveToDrive()
  return { lasting = true }
end

M.move_object = commands.of_object(function(thing, values, pid)
  local wrong = not_for_actors(thing)
  if wrong then return nil, wrong end
  if not placement.lies_in(thing.cell.description, values.x, values.y) then
    return errors.refuse("bad_arguments", "x and y lie outside " .. thing.cell.description .. ": an object stays in "
      .. "its cell; delete it and place it again", "x")
  end
  packets.move(pid, thing, values.x, values.y, values.z)
  return remember(thing, { posX = values.x, posY = values.y, posZ = values.z })
end)

M.rotate_object = commands.of_object(function(thing, values, pid)
  local wrong = not_for_actors(thing)
  if wrong then return nil, wrong end
  local x, y, z = math.rad(values.pitch), math.rad(values.roll), math.rad(values.yaw)
  packets.rotate(pid, thing, x, y, z)
  return remember(thing, { rotX = x, rotY = y, rotZ = z })
end)

M.scale_object = commands.of_object(function(thing, values, pid)
    things.change(pid, thing, "ObjectScale", { scale = values.scale })
    return { scale = values.scale }
  end)

M.lock_object = commands.of_object(function(thing, values, pid)
    if thing.is_actor then return errors.refuse("bad_arguments", "an actor has no lock", "unique_index") end
    things.change(pid, thing, "ObjectLock", { lockLevel = values.level })
    return { level = values.level }
  end)

M.unlock_object = commands.of_object(function(thing, _, pid)
  if thing.is_actor then return errors.refuse("bad_arguments", "an actor has no lock", "unique_index") end
  things.change(pid, thing, "ObjectLock", { lockLevel = 0 })
end)

M.untrap_object = commands.of_object(function(thing, _, pid)
  if thing.is_actor then return errors.refuse("bad_arguments", "an actor has no trap", "unique_index") end
  things.change(pid, thing, "ObjectTrap", {})
end)

M.set_door = commands.of_object(function(thing, values, pid)
    if thing.is_actor then return errors.refuse("bad_arguments", "an actor is no door", "unique_index") end
    local state = _G.enumerations.doorstate[values.state:upper()]
    things.change(pid, thing, "DoorState", { doorState = state })
    return { state = values.state }
  end)

M.enable_object = commands.of_object(function(thing, _, pid)
  things.change(pid, thing, "ObjectState", { state = true })
end)

M.disable_object = commands.of_object(function(thing, _, pid)
  things.change(pid, thing, "ObjectState", { state = false })
end)

M.activate_object = commands.of_object(function(thing, _, pid)
  if not things.contains(thing.cell.visitors, pid) then
    return errors.refuse("game_refused", "the player is not near " .. thing.cell.description .. ": send it there first")
  end
  _G.logicHandler.ActivateObjectForPlayer(pid, thing.cell.description, thing.unique_index)
end)

M.play_object_sound = commands.of_object(function(thing, values, pid)
  packets.sound(pid, thing, values.sound, values.volume, values.pitch)
  return { sound = values.sound }
end)

M.set_merchant_gold = commands.of_object(function(thing, values, pid)
    if not thing.is_actor then
      return errors.refuse("no_such_target", thing.unique_index .. " is no actor, so it trades nothing", "unique_index")
    end
    local now = corescripts.table_or_none(corescripts.data_of(_G.WorldInstance).time)
    things.change(pid, thing, "ObjectMiscellaneous", { goldPool = values.gold,
      lastGoldRestockHour = numbers.finite(now.hour), lastGoldRestockDay = numbers.whole(now.day) })
    return { gold = values.gold }
  end)

M.set_door_destination = commands.of_object(function(thing, values, pid)
  local cell = cells.normalise(values.to_cell)
  if not cells.is_safe(cell) or not placement.lies_in(cell, values.x, values.y) then
    return errors.refuse("no_such_cell", "x and y do not lie in a cell " .. values.to_cell, "to_cell")
  end
  packets.destination(pid, thing, { cell = cell, x = values.x, y = values.y, z = values.z, yaw = math.rad(values.yaw) })
  return { to_cell = cell, lasting = false }
end)

return M
