--- A player's identity and stats, as its client last reported them.
local attributes = require("timmy.state.attributes")
local cache = require("timmy.game.cache")
local classes = require("timmy.state.classes")
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")

local finite = numbers.finite

local function gauge(current, base)
  return { current = finite(current), base = finite(base) }
end

--- Attributes and skills take a hundred calls and change seldom: pushed values may be this old, in seconds.
local POINTS_KEEP_S = 1

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

--- Cached by the player's table, which ends with its visit.
local points = cache.new(function(_, pid)
  return { attributes = json.constant(read_attributes(pid)), skills = json.constant(read_skills(pid)) }
end)

return function(pid, options)
  local now = options.now
  local read = points(corescripts.player(pid), options.fresh and now or now - POINTS_KEEP_S, now, pid)
  return {
    level = numbers.whole(guard.GetLevel(pid)),
    health = gauge(guard.GetHealthCurrent(pid), guard.GetHealthBase(pid)),
    magicka = gauge(guard.GetMagickaCurrent(pid), guard.GetMagickaBase(pid)),
    fatigue = gauge(guard.GetFatigueCurrent(pid), guard.GetFatigueBase(pid)),
    attributes = read.attributes,
    skills = read.skills,
    race = guard.GetRace(pid),
    gender = guard.GetIsMale(pid) == 0 and "female" or "male",
    class = classes.of(pid),
    birthsign = guard.GetBirthsign(pid),
    level_progress = numbers.whole(guard.GetLevelProgress(pid)),
    bounty = numbers.whole(guard.GetBounty(pid)),
    reputation = numbers.whole(guard.GetReputation(pid)),
  }
end
