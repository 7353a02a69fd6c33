--- Objects in the world: placed, deleted, moved, turned, scaled, locked, opened, used.
local cells = require("timmy.cells")
local corescripts = require("timmy.corescripts")
local numbers = require("timmy.numbers")
local packets = require("timmy.object_packets")
local records = require("timmy.record_making")
local schema = require("timmy.schema")
local spots = require("timmy.spots")
local things = require("timmy.things")
local trouble = require("timmy.trouble")

local M = {}

--- Fields of a command about an object that is there, then its own.
local function about_object(...)
  local fields = {
    { name = "player", check = schema.name },
    { name = "unique_index", check = things.unique_index },
    { name = "cell", check = schema.name, optional = true },
  }
  for _, field in ipairs({ ... }) do fields[#fields + 1] = field end
  return fields
end

local function answer(thing, more)
  local told = { unique_index = thing.unique_index, cell = thing.cell.description, ref_id = thing.ref_id }
  for name, value in pairs(more or {}) do told[name] = value end
  return told
end

--- A command that changes one object: `act(pid, thing, values)` gives what its answer adds, or nil and why not.
local function changing(name, fields, act)
  return { name = name, fields = fields, run = function(pid, values)
    local thing, wrong = things.object(values)
    if not thing then return nil, wrong end
    local more
    more, wrong = act(pid, thing, values)
    if wrong then return nil, wrong end
    return answer(thing, more)
  end }
end

local place = { name = "place_item" }

place.fields = {
  { name = "player", check = schema.name },
  { name = "item", check = schema.name },
  { name = "count", check = schema.integer(1, 1000000), default = 1 },
  { name = "charge", check = schema.integer(-1, 1000000), default = -1 },
  { name = "soul", check = schema.name, optional = true },
}
for _, field in ipairs(spots.fields) do place.fields[#place.fields + 1] = field end

--- CoreScripts keep the place of what they put down, not how much of what; who came later would find one, untouched.
local function remember_stack(cell, unique_index, values)
  local kept = cell.data.objectData[unique_index]
  if values.count ~= 1 then kept.count = values.count end
  if values.charge ~= -1 then kept.charge = values.charge end
  if values.soul then kept.soul = values.soul end
  cell:QuicksaveToDrive()
end

function place.run(pid, values)
  local spot, wrong = spots.find(pid, values)
  if not spot then return nil, wrong end
  if not records.is_known(values.item) then
    return nil, trouble("no_such_target", "there is no record " .. values.item .. " any more", "item")
  end
  local stack = _G.dataTableBuilder.BuildObjectData(values.item, values.count, values.charge, -1, values.soul)
  local location = spots.location(spot)
  local index = _G.logicHandler.CreateObjectAtLocation(spot.cell, location, stack, "place")
  remember_stack(corescripts.loaded_cell(spot.cell), index, values)
  return spots.answer(spot, { unique_index = index, item = values.item, count = values.count })
end

M.place = place

M.delete = changing("delete_object", about_object(), function(pid, thing)
  things.change(pid, thing, "ObjectDelete", {})
end)

local function not_for_actors(thing)
  if not thing.is_actor then return nil end
  return trouble("bad_arguments", thing.unique_index .. " is an actor: use move_actor", "unique_index")
end

--- Only what was made here is put where it was left when a client comes back: of the data files' objects no place is
-- kept.
local function remember(thing, location)
  if not thing.was_made or type(thing.data.location) ~= "table" then return { lasting = false } end
  for name, value in pairs(location) do thing.data.location[name] = value end
  thing.cell:QuicksaveToDrive()
  return { lasting = true }
end

M.move = changing("move_object", about_object(
  { name = "x", check = spots.coordinate }, { name = "y", check = spots.coordinate },
  { name = "z", check = spots.coordinate }
), function(pid, thing, values)
  local wrong = not_for_actors(thing)
  if wrong then return nil, wrong end
  if not spots.lies_in(thing.cell.description, values.x, values.y) then
    return nil, trouble("bad_arguments", "x and y lie outside " .. thing.cell.description .. ": an object stays in its "
      .. "cell; delete it and place it anew", "x")
  end
  packets.move(pid, thing, values.x, values.y, values.z)
  return remember(thing, { posX = values.x, posY = values.y, posZ = values.z })
end)

M.rotate = changing("rotate_object", about_object(
  { name = "yaw", check = spots.angle }, { name = "pitch", check = spots.angle, default = 0 },
  { name = "roll", check = spots.angle, default = 0 }
), function(pid, thing, values)
  local wrong = not_for_actors(thing)
  if wrong then return nil, wrong end
  local x, y, z = math.rad(values.pitch), math.rad(values.roll), math.rad(values.yaw)
  packets.rotate(pid, thing, x, y, z)
  return remember(thing, { rotX = x, rotY = y, rotZ = z })
end)

M.scale = changing("scale_object", about_object({ name = "scale", check = schema.number(0.1, 10) }),
  function(pid, thing, values)
    things.change(pid, thing, "ObjectScale", { scale = values.scale })
    return { scale = values.scale }
  end)

M.lock = changing("lock_object", about_object({ name = "level", check = schema.integer(1, 100), default = 50 }),
  function(pid, thing, values)
    local wrong = not_for_actors(thing)
    if wrong then return nil, trouble("bad_arguments", "an actor has no lock", "unique_index") end
    things.change(pid, thing, "ObjectLock", { lockLevel = values.level })
    return { level = values.level }
  end)

M.unlock = changing("unlock_object", about_object(), function(pid, thing)
  if not_for_actors(thing) then return nil, trouble("bad_arguments", "an actor has no lock", "unique_index") end
  things.change(pid, thing, "ObjectLock", { lockLevel = 0 })
end)

M.untrap = changing("untrap_object", about_object(), function(pid, thing)
  if not_for_actors(thing) then return nil, trouble("bad_arguments", "an actor has no trap", "unique_index") end
  things.change(pid, thing, "ObjectTrap", {})
end)

M.door = changing("set_door", about_object({ name = "state", check = schema.one_of("open", "closed") }),
  function(pid, thing, values)
    if thing.is_actor then return nil, trouble("bad_arguments", "an actor is no door", "unique_index") end
    local state = _G.enumerations.doorstate[values.state:upper()]
    things.change(pid, thing, "DoorState", { doorState = state })
    return { state = values.state }
  end)

M.enable = changing("enable_object", about_object(), function(pid, thing)
  things.change(pid, thing, "ObjectState", { state = true })
end)

M.disable = changing("disable_object", about_object(), function(pid, thing)
  things.change(pid, thing, "ObjectState", { state = false })
end)

M.activate = changing("activate_object", about_object(), function(pid, thing)
  if not things.contains(thing.cell.visitors, pid) then
    return nil, trouble("game_refused", "the player is not near " .. thing.cell.description .. ": send it there first")
  end
  _G.logicHandler.ActivateObjectForPlayer(pid, thing.cell.description, thing.unique_index)
end)

M.sound = changing("play_object_sound", about_object(
  { name = "sound", check = schema.name }, { name = "volume", check = schema.number(0, 1), default = 1 },
  { name = "pitch", check = schema.number(0.1, 10), default = 1 }
), function(pid, thing, values)
  packets.sound(pid, thing, values.sound, values.volume, values.pitch)
  return { sound = values.sound }
end)

M.gold = changing("set_merchant_gold", about_object({ name = "gold", check = schema.integer(0, 1000000000) }),
  function(pid, thing, values)
    if not thing.is_actor then
      return nil, trouble("no_such_target", thing.unique_index .. " is no actor, so it trades nothing", "unique_index")
    end
    local now = _G.WorldInstance.data.time
    things.change(pid, thing, "ObjectMiscellaneous", { goldPool = values.gold,
      lastGoldRestockHour = numbers.finite(now.hour), lastGoldRestockDay = numbers.whole(now.day) })
    return { gold = values.gold }
  end)

M.destination = changing("set_door_destination", about_object(
  { name = "to_cell", check = schema.name }, { name = "x", check = spots.coordinate },
  { name = "y", check = spots.coordinate }, { name = "z", check = spots.coordinate },
  { name = "yaw", check = spots.angle, default = 0 }
), function(pid, thing, values)
  local cell = cells.normalise(values.to_cell)
  if not cells.is_safe(cell) or not spots.lies_in(cell, values.x, values.y) then
    return nil, trouble("no_such_cell", "x and y do not lie in a cell " .. values.to_cell, "to_cell")
  end
  packets.destination(pid, thing, { cell = cell, x = values.x, y = values.y, z = values.z, yaw = math.rad(values.yaw) })
  return { to_cell = cell, lasting = false }
end)

return { M.place, M.delete, M.move, M.rotate, M.scale, M.lock, M.unlock, M.untrap, M.door, M.enable, M.disable,
  M.activate, M.sound, M.gold, M.destination }
