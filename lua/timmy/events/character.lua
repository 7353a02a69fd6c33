--- Events of a player's character: abilities, possessions, equipment and active effects.
local attributes = require("timmy.state.attributes")
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local id_lists = require("timmy.state.id_lists")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local shapes = require("timmy.events.shapes")
local slots = require("timmy.state.slots")
local stack = require("timmy.state.stack")

--- CoreScripts' numbers for a packet's action on a list (`enumerations.inventory`, `.spellbook`).
local ACTIONS = { [0] = "set", "add", "remove" }
--- CoreScripts' numbers for the content of a quick key.
local KEYS = { [0] = "item", "item_magic", "magic", "unassigned" }

local finite, whole = numbers.finite, numbers.whole

local function action_of(packet) return ACTIONS[packet.action] or "set" end

--- A packet's table by name, always a table.
local function part(packet, name) return shapes.table_or_empty(shapes.table_or_empty(packet)[name]) end

--- Base and damage of each point of a packet, under the names of `known`.
local function points(known, name)
  return function(_, packet)
    local read, data = part(packet, name), {}
    for _, entry in ipairs(known()) do
      local point = read[entry.name]
      if type(point) == "table" then
        local base, damage = finite(point.base), finite(point.damage)
        data[entry.name] = { base = base, damage = damage, progress = finite(point.progress) }
      end
    end
    return { [name] = json.object(data) }
  end
end

local function equipment(_, packet)
  local data = {}
  for slot, item in pairs(part(packet, "equipment")) do
    local name = type(slot) == "number" and slots.NAMES[slot + 1]
    if name then data[name] = stack(item) or json.null end
  end
  return { slots = json.object(data) }
end

local function inventory(_, packet)
  local items, listed = part(packet, "inventory"), {}
  for position = 1, math.min(#items, shapes.MOST) do listed[#listed + 1] = stack(items[position]) end
  return { action = action_of(shapes.table_or_empty(packet)), items = json.array(listed),
    left_out = math.max(0, #items - shapes.MOST) }
end

local function spellbook(_, packet)
  local spells = id_lists.list(part(packet, "spellbook"), shapes.MOST)
  return { action = action_of(shapes.table_or_empty(packet)), spells = spells }
end

local function spells_active(_, packet)
  local spells = id_lists.names(part(packet, "spellsActive"), shapes.MOST)
  return { action = action_of(shapes.table_or_empty(packet)), spells = spells }
end

local function cooldowns(_, packet)
  local listed = {}
  for _, cooldown in ipairs(part(packet, "cooldowns")) do
    if type(cooldown) == "table" and id_lists.is_id(cooldown.spellId) and #listed < shapes.MOST then
      local day, hour = whole(cooldown.startDay), finite(cooldown.startHour)
      listed[#listed + 1] = { spell = cooldown.spellId, day = day, hour = hour }
    end
  end
  return { cooldowns = json.array(listed) }
end

local function quick_keys(_, packet)
  local keys = {}
  for slot, key in pairs(part(packet, "quickKeys")) do
    if numbers.is_whole(slot, 0) and type(key) == "table" then
      keys[tostring(slot)] = { holds = KEYS[key.keyType] or "unassigned", item = shapes.text_or(key.itemId, "") }
    end
  end
  return { keys = json.object(keys) }
end

local function shapeshift(pid)
  return { scale = finite(guard.GetScale(pid), 1), werewolf = guard.IsWerewolf(pid) }
end

local function level(pid)
  return { level = whole(guard.GetLevel(pid)), progress = whole(guard.GetLevelProgress(pid)) }
end

--- The value that CoreScripts have just saved from the packet.
local function miscellaneous(pid) return shapes.table_or_empty(corescripts.player(pid).data.miscellaneous) end

local function mark(pid)
  local place = shapes.table_or_empty(miscellaneous(pid).markLocation)
  local x, y, z = finite(place.posX), finite(place.posY), finite(place.posZ)
  return { cell = shapes.text_or(place.cell, ""), x = x, y = y, z = z }
end

return {
  { event = "attributes", hook = "OnPlayerAttribute", read = points(attributes.attributes, "attributes") },
  { event = "skills", hook = "OnPlayerSkill", read = points(attributes.skills, "skills") },
  { event = "level", hook = "OnPlayerLevel", read = level },
  { event = "bounty", hook = "OnPlayerBounty",
    read = function(pid) return { bounty = whole(guard.GetBounty(pid)) } end },
  { event = "reputation", hook = "OnPlayerReputation",
    read = function(pid) return { reputation = whole(guard.GetReputation(pid)) } end },
  { event = "shapeshift", hook = "OnPlayerShapeshift", read = shapeshift },
  { event = "equipment", hook = "OnPlayerEquipment", counts = shapes.is_done, read = equipment },
  { event = "inventory", hook = "OnPlayerInventory", counts = shapes.is_done, read = inventory },
  { event = "item_use", hook = "OnPlayerItemUse", counts = shapes.is_done,
    read = function(_, ref_id) return { item = shapes.text_or(ref_id, "") } end },
  { event = "spellbook", hook = "OnPlayerSpellbook", counts = shapes.is_done, read = spellbook },
  { event = "spells_active", hook = "OnPlayerSpellsActive", counts = shapes.is_done, read = spells_active },
  { event = "cooldowns", hook = "OnPlayerCooldowns", counts = shapes.is_done, read = cooldowns },
  { event = "quick_keys", hook = "OnPlayerQuickKeys", counts = shapes.is_done, read = quick_keys },
  { event = "spell_selected", hook = "OnPlayerSelectedSpell",
    read = function(pid) return { spell = shapes.text_or(miscellaneous(pid).selectedSpell, "") } end },
  { event = "mark", hook = "OnPlayerMarkLocation", read = mark },
}
