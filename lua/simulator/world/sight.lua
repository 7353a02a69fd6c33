--- What a client sees and can use: doors, gates, containers, items and actors, from its data files and from what the
--- server sent. A thing: { kind, index, refNum, mpNum, refId, cell, x, y, z } and what its kind adds.
local places = require("simulator.scene.places")
local people = require("simulator.scene.people")
local population = require("simulator.world.population")
local terrain = require("simulator.scene.terrain")

local M = {}

local function index_of(entry)
  return entry.refNum .. "-" .. entry.mpNum
end

local function thing(kind, entry)
  return { kind = kind, index = index_of(entry), refNum = entry.refNum, mpNum = entry.mpNum, refId = entry.refId,
    cell = entry.cell, x = entry.x, y = entry.y, z = entry.z or terrain.height(entry.cell, entry.x, entry.y),
    entry = entry }
end

--- The things of the data files: they never move. By kind, each a list of entries.
local FIXED = { { "door", places.doors }, { "gate", population.GATES }, { "container", population.CONTAINERS } }

local fixed = {}

for _, kind in ipairs(FIXED) do
  for _, entry in ipairs(kind[2]) do
    table.insert(fixed, thing(kind[1], entry))
  end
end

local function placed(client, index)
  local object = client.objects[index]
  if not object or not object.placed or object.deleted then
    return nil
  end
  local refNum, mpNum = index:match("^(%d+)-(%d+)$")
  return { kind = "item", index = index, refNum = tonumber(refNum), mpNum = tonumber(mpNum), refId = object.refId,
    cell = object.cell, x = object.x, y = object.y, z = object.z, count = object.count or 1 }
end

local function actor_thing(actor)
  local seen = thing("actor", actor)
  seen.actor, seen.is_dead = actor, actor.health <= 0
  return seen
end

local function is_there(client, seen)
  local object = client.objects[seen.index]
  return client.loaded[seen.cell] and not (object and object.deleted)
end

local function sorted_indexes(objects)
  local indexes = {}
  for index in pairs(objects) do
    table.insert(indexes, index)
  end
  table.sort(indexes)
  return indexes
end

--- Everything in the cells that the client has loaded, in a fixed order.
local function everything(client)
  local result = {}
  for _, seen in ipairs(fixed) do
    if is_there(client, seen) then
      table.insert(result, seen)
    end
  end
  for _, index in ipairs(sorted_indexes(client.objects)) do
    local item = placed(client, index)
    if item and client.loaded[item.cell] then
      table.insert(result, item)
    end
  end
  for _, actor in ipairs(client.world.actors.all) do
    if client.loaded[actor.cell] then
      table.insert(result, actor_thing(actor))
    end
  end
  return result
end

function M.distance(client, seen)
  return math.sqrt((seen.x - client.x) ^ 2 + (seen.y - client.y) ^ 2 + (seen.z - client.z) ^ 2)
end

--- The thing with an index, or nil.
function M.find(client, index)
  for _, seen in ipairs(everything(client)) do
    if seen.index == index then
      return seen
    end
  end
end

--- How a thing is described to whoever plays.
local function describe(client, seen)
  local object = client.objects[seen.index] or {}
  local person = seen.kind == "actor" and people.of(seen.refId)
  return { kind = seen.kind == "gate" and "door" or seen.kind, unique_index = seen.index, ref_id = seen.refId,
    name = person and person.name or nil, cell = seen.cell, x = seen.x, y = seen.y, z = seen.z,
    distance = M.distance(client, seen), leads_to = seen.entry and seen.entry.leads_to or nil, count = seen.count,
    locked = (object.lockLevel or 0) > 0, dead = seen.is_dead or false }
end

--- The things within a radius, nearest first, at most `most`.
function M.around(client, radius, most)
  local near = {}
  for _, seen in ipairs(everything(client)) do
    if M.distance(client, seen) <= radius then
      table.insert(near, describe(client, seen))
    end
  end
  table.sort(near, function(one, other)
    if one.distance ~= other.distance then
      return one.distance < other.distance
    end
    return one.unique_index < other.unique_index
  end)
  for position = #near, most + 1, -1 do
    near[position] = nil
  end
  return near
end

--- The living actor that is nearest in front of the client: within a reach, and a cone of `half_angle` to each side.
function M.in_front(client, reach, half_angle)
  local best, least
  for _, seen in ipairs(everything(client)) do
    local distance = M.distance(client, seen)
    local off = math.atan2(seen.x - client.x, seen.y - client.y) - client.yaw
    off = math.abs((off + math.pi) % (2 * math.pi) - math.pi)
    if seen.kind == "actor" and not seen.is_dead and distance <= reach and off <= half_angle
      and (not least or distance < least) then
      best, least = seen, distance
    end
  end
  return best
end

return M
