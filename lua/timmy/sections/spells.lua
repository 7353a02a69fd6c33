--- The spellbook, the selected spell, and the spell effects active on a player.
local cache = require("timmy.game.cache")
local corescripts = require("timmy.game.corescripts")
local id_lists = require("timmy.state.id_lists")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")

--- The most spells and active effects listed; a game has fewer of both.
local MOST_SPELLS, MOST_ACTIVE = 1000, 64
--- CoreScripts' value for an effect without an attribute or skill.
local NO_ARGUMENT = -1

local function effect_of(effect)
  if type(effect) ~= "table" or not numbers.is_finite(effect.id) then return nil end
  return {
    id = math.floor(effect.id),
    magnitude = numbers.finite(effect.magnitude),
    duration = numbers.finite(effect.duration),
    time_left = numbers.finite(effect.timeLeft),
    argument = numbers.whole(effect.arg, NO_ARGUMENT),
  }
end

local function caster_of(caster)
  if type(caster) ~= "table" then return nil end
  if id_lists.is_id(caster.playerName) then return caster.playerName end
  return id_lists.is_id(caster.refId) and caster.refId or nil
end

local function instance_of(spell, instance)
  local effects = {}
  for _, effect in ipairs(type(instance.effects) == "table" and instance.effects or {}) do
    effects[#effects + 1] = effect_of(effect)
  end
  return {
    spell = spell,
    name = type(instance.displayName) == "string" and instance.displayName or "",
    effects = json.array(effects),
    caster = caster_of(instance.caster),
    since = numbers.whole(instance.startTime),
  }
end

--- The instances of one spell, ordered by number.
local function add_instances(active, spell, instances)
  local positions = {}
  for position in pairs(type(instances) == "table" and instances or {}) do
    if type(position) == "number" then positions[#positions + 1] = position end
  end
  table.sort(positions)
  for _, position in ipairs(positions) do
    if type(instances[position]) == "table" and #active < MOST_ACTIVE then
      active[#active + 1] = instance_of(spell, instances[position])
    end
  end
end

local function active_of(data)
  local active = {}
  for _, spell in ipairs((id_lists.names(data.spellsActive, MOST_ACTIVE))) do
    add_instances(active, spell, data.spellsActive[spell])
  end
  return json.array(active)
end

local spells_in = cache.of_content(function(source)
  local known, truncated = id_lists.list(source.spellbook, MOST_SPELLS)
  return json.constant({
    known = known,
    selected = id_lists.is_id(source.selected) and source.selected or nil,
    active = active_of(source),
    truncated = truncated,
  })
end)

return function(pid, options)
  local player = corescripts.player(pid)
  local data = player.data
  local selected = type(data.miscellaneous) == "table" and data.miscellaneous.selectedSpell or nil
  local source = { spellbook = data.spellbook, spellsActive = data.spellsActive, selected = selected }
  return spells_in(player, source, options)
end
