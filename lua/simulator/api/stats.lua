--- Health, magicka and fatigue; attributes and skills, by number as in C++ and by name as in CoreScripts.
local names = require("simulator.names")

local DYNAMIC = { Health = "health", Magicka = "magicka", Fatigue = "fatigue" }

local function gauges(define_player)
  for name, field in pairs(DYNAMIC) do
    for suffix, part in pairs { Base = "base", Current = "current" } do
      define_player("Get" .. name .. suffix, function(player) return player.dynamic[field][part] end)
      define_player("Set" .. name .. suffix, function(player, value) player.dynamic[field][part] = value end)
    end
  end
end

--- The server checks these numbers: for one outside the list, reading returns 0 and writing does nothing.
local function block_accessors(define_player, blocks, getter, setter, part)
  define_player(getter, function(player, id)
    local block = player[blocks][id]
    return block and block[part] or 0
  end)
  if setter then
    define_player(setter, function(player, id, value)
      local block = player[blocks][id]
      if block then
        block[part] = value
      end
    end)
  end
end

local function blocks(define_player)
  for prefix, field in pairs { Attribute = "attributes", Skill = "skills" } do
    block_accessors(define_player, field, "Get" .. prefix .. "Base", "Set" .. prefix .. "Base", "base")
    block_accessors(define_player, field, "Get" .. prefix .. "Damage", "Set" .. prefix .. "Damage", "damage")
    block_accessors(define_player, field, "Get" .. prefix .. "Modifier", nil, "modifier")
    define_player("Clear" .. prefix .. "Modifier", function(player, id)
      if player[field][id] then
        player[field][id].modifier = 0
      end
    end)
  end
  block_accessors(define_player, "skills", "GetSkillProgress", "SetSkillProgress", "progress")
end

local function increases(define_player)
  define_player("GetSkillIncrease", function(player, id) return player.attributes[id].increase end)
  define_player("SetSkillIncrease", function(player, id, value) player.attributes[id].increase = value end)
end

local function tables(define, prefix, list)
  local ids = {}
  for index, name in ipairs(list) do
    ids[name:lower()] = index - 1
  end
  define("Get" .. prefix .. "Count", function() return #list end)
  define("Get" .. prefix .. "Id", function(name) return ids[name:lower()] or -1 end)
  define("Get" .. prefix .. "Name", function(id) return list[id + 1] or "invalid" end)
end

return function(server, define, define_player)
  gauges(define_player)
  blocks(define_player)
  increases(define_player)
  tables(define, "Attribute", names.attributes)
  tables(define, "Skill", names.skills)
  for _, what in ipairs { "StatsDynamic", "Attributes", "Skills" } do
    define_player("Send" .. what, function(player)
      server:send(player.pid, { type = what }, true, false)
    end)
  end
end
