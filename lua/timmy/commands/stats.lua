--- Sets an attribute, a skill, the level, or the current or full value of health, magicka or fatigue.
local attributes = require("timmy.state.attributes")
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")

local M = {}

local HIGHEST = 100000

--- The names of TES3MP's setters, and of the fields that CoreScripts save them in.
local GAUGES = {
  health = { set = "SetHealthCurrent", field = "healthCurrent", low = 0 },
  -- CoreScripts treat a base of 1 or less as an error and don't save it.
  health_base = { set = "SetHealthBase", field = "healthBase", low = 2 },
  magicka = { set = "SetMagickaCurrent", field = "magickaCurrent", low = 0 },
  magicka_base = { set = "SetMagickaBase", field = "magickaBase", low = 0 },
  fatigue = { set = "SetFatigueCurrent", field = "fatigueCurrent", low = 0 },
  fatigue_base = { set = "SetFatigueBase", field = "fatigueBase", low = 0 },
}

--- CoreScripts' limits: they reset a higher value when the client reports it.
local CAPS = {
  attributes = { setting = "maxAttributeValue", except = "Speed", exception = "maxSpeedValue" },
  skills = { setting = "maxSkillValue", except = "Acrobatics", exception = "maxAcrobaticsValue" },
}

local LOADERS = { attributes = "LoadAttributes", skills = "LoadSkills", stats = "LoadLevel" }

local function bad_value(message) return { code = "bad_arguments", message = "value: " .. message, field = "value" } end

local function damaged(what)
  return { code = "game_refused", message = "the player's saved " .. what .. " are damaged; nothing was changed" }
end

local function out_of_bounds(value, low, high)
  if numbers.is_whole(value, low, high) then return nil end
  return bad_value(string.format("must be a whole number between %d and %d here", low, high))
end

local function load_and_save(player, kind)
  player[LOADERS[kind]](player)
  player:QuicksaveToDrive()
end

--- A werewolf's full health is stored separately from the health it returns to.
local function save_gauge(pid, player, gauge, value)
  local data = player.data
  if gauge.field == "healthBase" and guard.IsWerewolf(pid) and type(data.shapeshift) == "table" then
    data.shapeshift.werewolfHealthBase = value
  elseif type(data.stats) == "table" then
    data.stats[gauge.field] = value
  end
end

local function set_gauge(pid, player, gauge, value)
  if value < gauge.low then return bad_value("must be at least " .. gauge.low .. " here") end
  guard[gauge.set](pid, value)
  guard.SendStatsDynamic(pid)
  save_gauge(pid, player, gauge, value)
  player:QuicksaveToDrive()
  return nil
end

local function set_level(player, value)
  local wrong = out_of_bounds(value, 1, HIGHEST)
  if wrong then return wrong end
  if not corescripts.is_loadable(player, "stats") then return damaged("stats") end
  player.data.stats.level = value
  load_and_save(player, "stats")
  return nil
end

local function cap(kind, name)
  local caps = CAPS[kind]
  local highest = corescripts.setting(name == caps.except and caps.exception or caps.setting, HIGHEST)
  return numbers.is_whole(highest, 0) and highest or HIGHEST
end

local function set_point(player, kind, name, value)
  local wrong = out_of_bounds(value, 0, cap(kind, name))
  if wrong then return wrong end
  if not corescripts.is_loadable(player, kind) then return damaged(kind) end
  local saved = player.data[kind][name]
  if type(saved) == "table" then saved.base = value else player.data[kind][name] = value end
  load_and_save(player, kind)
  return nil
end

--- The named stat: its spelling, and its setter.
local function find(requested)
  local lower = requested:lower()
  if GAUGES[lower] then
    return lower, function(pid, player, value) return set_gauge(pid, player, GAUGES[lower], value) end
  end
  if lower == "level" then return lower, function(_, player, value) return set_level(player, value) end end
  for kind in pairs(CAPS) do
    local name = attributes.spelling(attributes[kind](), requested)
    if name then return name, function(_, player, value) return set_point(player, kind, name, value) end end
  end
  return nil
end

function M.set_stat(pid, values)
  local name, set = find(values.stat)
  if not name then
    local message = "no stat " .. values.stat .. "; there are the attributes and skills (Strength, Longblade), level, "
      .. "health, magicka, fatigue, health_base, magicka_base, fatigue_base"
    return nil, { code = "bad_arguments", message = message, field = "stat" }
  end
  local wrong = set(pid, corescripts.player(pid), values.value)
  if wrong then return nil, wrong end
  return { stat = name, value = values.value }
end

return M
