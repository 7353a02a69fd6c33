--- A player's identity and stats, as its client last reported them.
local attributes = require("timmy.state.attributes")
local classes = require("timmy.state.classes")
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local player_state = require("timmy.state.player_state")

local finite = numbers.finite

--- What changes seldom takes over a hundred calls: pushed values may be this old, in seconds, unless an event or a
-- command touched the player since.
local SELDOM_KEEP_S = 2

local function attribute(pid, id)
  return finite(guard.GetAttributeBase(pid, id)), finite(guard.GetAttributeDamage(pid, id)), nil
end

local function skill(pid, id)
  return finite(guard.GetSkillBase(pid, id)), finite(guard.GetSkillDamage(pid, id)),
    finite(guard.GetSkillProgress(pid, id))
end

--- What `read_one` gives for each of `entries`, by name: the table `before` again if it is the same.
local function read_each(pid, entries, read_one, before)
  local read, is_same = {}, before ~= nil
  for _, entry in ipairs(entries) do
    local base, damage, progress = read_one(pid, entry.id)
    local last = is_same and before[entry.name]
    is_same = last and last.base == base and last.damage == damage and last.progress == progress
    read[entry.name] = is_same and last or { base = base, damage = damage, progress = progress }
  end
  return is_same and before or json.constant(json.object(read))
end

--- All but the gauges.
local function read_seldom(pid, before)
  return {
    level = numbers.whole(guard.GetLevel(pid)),
    attributes = read_each(pid, attributes.attributes(), attribute, before.attributes),
    skills = read_each(pid, attributes.skills(), skill, before.skills),
    race = guard.GetRace(pid),
    gender = guard.GetIsMale(pid) == 0 and "female" or "male",
    class = classes.of(pid),
    birthsign = guard.GetBirthsign(pid),
    level_progress = numbers.whole(guard.GetLevelProgress(pid)),
    bounty = numbers.whole(guard.GetBounty(pid)),
    reputation = numbers.whole(guard.GetReputation(pid)),
  }
end

--- The last section of each player with its gauges, for as long as CoreScripts have the player.
local known = setmetatable({}, { __mode = "k" })

--- A gauge that stands still is the same table again, and need not be encoded.
local function gauge(before, current, base)
  if before and before.current == current and before.base == base then return before end
  return json.constant({ current = current, base = base })
end

local function copy(section)
  local result = {}
  for name, value in pairs(section) do result[name] = value end
  return result
end

--- The same section again if the gauges stand still.
local function with_gauges(section, health, magicka, fatigue)
  if section.health == health and section.magicka == magicka and section.fatigue == fatigue then return section end
  local result = copy(section)
  result.health, result.magicka, result.fatigue = health, magicka, fatigue
  return result
end

--- What magicka and fatigue can be at most, as recent as the greatest health.
local function read_bases(pid, memory, options)
  if not options.fresh and memory.based_at >= options.now - player_state.BASE_KEEPS_S then return end
  memory.based_at = options.now
  memory.magicka, memory.fatigue = finite(guard.GetMagickaBase(pid)), finite(guard.GetFatigueBase(pid))
end

return function(pid, options)
  local now, player = options.now, corescripts.player(pid)
  local memory = known[player] or { at = -math.huge, based_at = -math.huge }
  known[player] = memory
  read_bases(pid, memory, options)
  local before = memory.section or {}
  local health = gauge(before.health, player_state.health(pid, options))
  local magicka = gauge(before.magicka, finite(guard.GetMagickaCurrent(pid)), memory.magicka)
  local fatigue = gauge(before.fatigue, finite(guard.GetFatigueCurrent(pid)), memory.fatigue)
  if memory.at < (options.fresh and now or now - SELDOM_KEEP_S) then
    memory.at, before = now, read_seldom(pid, before)
  end
  memory.section = with_gauges(before, health, magicka, fatigue)
  return memory.section
end
