--- The lists that Lua selects with Read* and then reads by index. In the real server they are null pointers until
--- something selects them, and their indexes are not checked: a mistake is the end of the process.
local M = {}

local LIST_OF = { Actors = "actors", Objects = "objects", Worldstate = "worldstate", RecordsDynamic = "worldstate" }
local INDEX_NAMES = { index = true, actorIndex = true, objectIndex = true, recordIndex = true }
local NEUTRAL = { int = 0, number = 0, string = "", boolean = false }

--- Deaths that come from something else than an unselected list; their topics define them.
local OTHER_DEATHS = { EquipActorItem = true, UnequipActorItem = true, SetContainerItemActionCountByIndex = true }

--- What is selected, or nil where nothing is. What was selected and is gone since is the end of the process.
function M.held(server, kind, name)
  local selected = server.selected[kind]
  if selected and selected.is_gone and selected.is_gone() then
    server:kill(("tes3mp.%s: the list of %s that was selected is gone"):format(name, kind))
  end
  return selected
end

function M.selected(server, kind, name)
  return M.held(server, kind, name)
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

--- The lists of the selected worldstate that an index means, by what the function's name begins with.
local WORLD_LISTS = { { "GetKill", "kills" }, { "GetMapTile", "tiles" }, { "GetClientGlobal", "globals" },
  { "GetRecord", "records" } }

--- The lists inside an entry, by the parameter that is an index of it.
local INNER = { spellIndex = "spells", effectIndex = "effects", variableIndex = "locals", itemIndex = "items" }

--- The functions that tell how long a list is: of the selection, or of the entry that their indexes lead to.
local SIZES = { GetKillChangesSize = "kills", GetMapChangesSize = "tiles", GetClientGlobalsSize = "globals",
  GetRecordCount = "records", GetRecordEffectCount = "effects", GetActorSpellsActiveChangesSize = "spells",
  GetActorSpellsActiveEffectCount = "effects", GetClientLocalsSize = "locals" }

--- Until a client has sent records, their number is whatever the memory held.
local function size_of(server, name, place)
  local list = place[SIZES[name]]
  if not list and name == "GetRecordCount" then
    return server.GARBAGE
  end
  return list and #list or 0
end

local function outer_list(kind, name)
  if kind ~= "worldstate" then
    return "entries"
  end
  for _, list in ipairs(WORLD_LISTS) do
    if name:sub(1, #list[1]) == list[1] then
      return list[2]
    end
  end
  return nil
end

--- Follows the indexes of a call from list to list, to its death where one is past an end.
local function follow(server, kind, entry, values)
  local place, outer = M.selected(server, kind, entry.name), outer_list(kind, entry.name)
  for position, parameter in ipairs(entry.params) do
    local list = INNER[parameter.name] or (INDEX_NAMES[parameter.name] and outer)
    if list then
      place = M.inner(server, entry.name, place[list], values[position])
    end
  end
  return place
end

local function guarded(server, kind, entry)
  local neutral = NEUTRAL[entry.returns]
  return function(...)
    local place = follow(server, kind, entry, { ... })
    return SIZES[entry.name] and size_of(server, entry.name, place) or neutral
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
