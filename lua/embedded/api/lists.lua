--- The lists that Lua selects with Read* and then reads by index. In the real server they are null pointers until
--- something selects them, and their indexes are not checked: a mistake is the end of the process.
local M = {}

local LIST_OF = { Actors = "actors", Objects = "objects", Worldstate = "worldstate", RecordsDynamic = "worldstate" }
local INDEX_NAMES = { index = true, actorIndex = true, objectIndex = true, recordIndex = true }
local NEUTRAL = { int = 0, number = 0, string = "", boolean = false }

--- Deaths that come from something else than an unselected list; their topics define them.
local OTHER_DEATHS = { EquipActorItem = true, UnequipActorItem = true, SetContainerItemActionCountByIndex = true }

function M.selected(server, kind, name)
  return server.selected[kind]
    or server:kill(("tes3mp.%s: no Read* function has selected a list of %s"):format(name, kind))
end

function M.entry(server, kind, name, index)
  local entries = M.selected(server, kind, name).entries
  return entries[index + 1]
    or server:kill(("tes3mp.%s: index %d, but the list has %d entries"):format(name, index, #entries))
end

--- A list inside an entry (a container's items): as unchecked as the outer one.
function M.inner(server, name, list, index)
  return list and list[index + 1]
    or server:kill(("tes3mp.%s: index %d is outside its list"):format(name, index))
end

--- Defines getters that read a field of the entry at an index.
function M.fields(server, define, kind, fields)
  for name, field in pairs(fields) do
    define(name, function(index)
      return M.entry(server, kind, name, index)[field]
    end)
  end
end

local function guarded(server, kind, entry)
  local first, neutral = entry.params[1], NEUTRAL[entry.returns]
  if first and INDEX_NAMES[first.name] then
    return function(index)
      M.entry(server, kind, entry.name, index)
      return neutral
    end
  end
  return function()
    M.selected(server, kind, entry.name)
    return neutral
  end
end

--- Gives each function of the deaths table that no topic defines its death, and a field that is nil its neutral value.
function M.guard(server, bodies, deaths, known)
  for _, death in ipairs(deaths) do
    local name, kind = death.name, LIST_OF[death.category]
    local entry, body = known[name], bodies[death.name]
    local neutral = NEUTRAL[entry.returns]
    if body and neutral ~= nil then
      bodies[name] = function(a, b, c)
        local value = body(a, b, c)
        if value == nil then
          return neutral
        end
        return value
      end
    elseif not body and kind and not OTHER_DEATHS[name] then
      bodies[name] = guarded(server, kind, entry)
    end
  end
end

return M
