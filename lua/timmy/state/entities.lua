--- Entities: the actors, players and objects that version 2 of the protocol sends once for everybody who sees them.
--
-- An entity has a `key`, a number that names nothing else in this server process, and its place in whole units (x, y,
-- z; none: unknown). Its text has three parts, each encoded when it changes and shared by all who see it. `version`
-- counts the changes of all entities: a client that was sent a version lacks only the parts of later ones.
local M = {}

--- The longest description, in bytes: twice that of an actor with an item in every slot. With as many entities as a
-- section may list it is half of a slow reader's buffer (timmy.server.reading).
local LONGEST_BYTES = 2048

local last_key, version = 0, 0

local function next_version()
  version = version + 1
  return version
end

--- An entity without a text. `kind` is actor, player or object.
function M.new(kind)
  last_key = last_key + 1
  return { key = last_key, kind = kind, version = 0, described_at = 0, moved_at = 0, health_at = 0, description = nil,
    health_text = "" }
end

--- Sets what changes seldom: the members of a JSON object without braces. An entity of which they are too long
-- (`is_too_long`) is not to be listed: a game client may send names of any length.
function M.describe(entity, text)
  if text == entity.description then return end
  entity.description, entity.is_too_long = text, #text > LONGEST_BYTES
  entity.version = next_version()
  entity.described_at = entity.version
end

--- Sets the place, three whole numbers.
function M.move(entity, x, y, z)
  if x == entity.x and y == entity.y and z == entity.z then return end
  entity.x, entity.y, entity.z = x, y, z
  entity.version = next_version()
  entity.moved_at, entity.row, entity.place = entity.version, nil, nil
end

--- Sets the health; nil: unknown.
function M.set_health(entity, current, base)
  if current == entity.current and base == entity.base then return end
  local was_known = entity.current ~= nil
  entity.current, entity.base = current, base
  entity.version = next_version()
  entity.health_at = entity.version
  entity.health_text = current and ',"health":{"base":' .. base .. ',"current":' .. current .. "}" or ""
  if was_known ~= (current ~= nil) then entity.described_at = entity.version end
end

--- The text of a known place: `,"x":1,"y":2,"z":3`.
function M.place_text(entity)
  entity.place = entity.place or string.format(',"x":%d,"y":%d,"z":%d', entity.x, entity.y, entity.z)
  return entity.place -- formatting takes a third less than joining
end

--- The whole entity as JSON text: its key, and under the name of its kind what it is.
function M.whole(entity)
  if entity.whole_at ~= entity.version then
    entity.whole_at = entity.version
    entity.whole_text = '{"key":' .. entity.key .. ',"' .. entity.kind .. '":{' .. entity.description
      .. entity.health_text .. (entity.x and M.place_text(entity) or "") .. "}}"
  end
  return entity.whole_text
end

--- A move as JSON text: `[key,x,y,z]`.
function M.moved(entity)
  entity.row = entity.row or string.format("[%d,%d,%d,%d]", entity.key, entity.x, entity.y, entity.z)
  return entity.row
end

--- A change of health as JSON text: `[key,current,base]`.
function M.harmed(entity)
  return "[" .. entity.key .. "," .. entity.current .. "," .. entity.base .. "]"
end

return M
