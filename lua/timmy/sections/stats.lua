--- A player's identity and stats, as its client last reported them.
local attributes = require("timmy.state.attributes")
local cache = require("timmy.game.cache")
local classes = require("timmy.state.classes")
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")

local finite = numbers.finite

--- The gauges of each player: a gauge that stands still is the same table again, and need not be encoded.
local gauges = setmetatable({}, { __mode = "k" })

local function gauge(player, name, current, base)
  local known = gauges[player] or {}
  gauges[player] = known
  current, base = finite(current), finite(base)
  local before = known[name]
  if not before or before.current ~= current or before.base ~= base then
    known[name] = json.constant({ current = current, base = base })
  end
  return known[name]
end

--- What changes seldom takes over a hundred calls: pushed values may be this old, in seconds, unless an event or a
-- command touched the player since.
local SELDOM_KEEP_S = 1

local function read_attributes(pid)
  local read = {}
  for _, entry in ipairs(attributes.attributes()) do
    read[entry.name] = {
      base = finite(guard.GetAttributeBase(pid, entry.id)),
      damage = finite(guard.GetAttributeDamage(pid, entry.id)),
    }
  end
  return json.object(read)
end

local function read_skills(pid)
  local read = {}
  for _, entry in ipairs(attributes.skills()) do
    read[entry.name] = {
      base = finite(guard.GetSkillBase(pid, entry.id)),
      damage = finite(guard.GetSkillDamage(pid, entry.id)),
      progress = finite(guard.GetSkillProgress(pid, entry.id)),
    }
  end
  return json.object(read)
end

--- All but the gauges, which are set at each reading; cached by the player's table, which ends with its visit.
local seldom = cache.new(function(_, pid)
  return {
    level = numbers.whole(guard.GetLevel(pid)),
    attributes = json.constant(read_attributes(pid)),
    skills = json.constant(read_skills(pid)),
    race = guard.GetRace(pid),
    gender = guard.GetIsMale(pid) == 0 and "female" or "male",
    class = classes.of(pid),
    birthsign = guard.GetBirthsign(pid),
    level_progress = numbers.whole(guard.GetLevelProgress(pid)),
    bounty = numbers.whole(guard.GetBounty(pid)),
    reputation = numbers.whole(guard.GetReputation(pid)),
  }
end)

return function(pid, options)
  local now, player = options.now, corescripts.player(pid)
  local stats = seldom(player, options.fresh and now or now - SELDOM_KEEP_S, now, pid)
  stats.health = gauge(player, "health", guard.GetHealthCurrent(pid), guard.GetHealthBase(pid))
  stats.magicka = gauge(player, "magicka", guard.GetMagickaCurrent(pid), guard.GetMagickaBase(pid))
  stats.fatigue = gauge(player, "fatigue", guard.GetFatigueCurrent(pid), guard.GetFatigueBase(pid))
  return stats
end
