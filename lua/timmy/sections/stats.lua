--- Who a player is and how it fares, as its client last reported.
local attributes = require("timmy.state.attributes")
local classes = require("timmy.state.classes")
local corescripts = require("timmy.game.corescripts")
local game = require("timmy.game.guard")
local json = require("timmy.wire.json")
local memo = require("timmy.game.cache")
local numbers = require("timmy.wire.numbers")

local finite = numbers.finite

local function gauge(current, base)
  return { current = finite(current), base = finite(base) }
end

--- Attributes and skills take a hundred calls and change seldom: what is pushed of them may be that old.
local POINTS_KEEP_S = 1

local function read_attributes(pid)
  local read = {}
  for _, entry in ipairs(attributes.attributes()) do
    read[entry.name] = {
      base = finite(game.GetAttributeBase(pid, entry.id)),
      damage = finite(game.GetAttributeDamage(pid, entry.id)),
    }
  end
  return json.object(read)
end

local function read_skills(pid)
  local read = {}
  for _, entry in ipairs(attributes.skills()) do
    read[entry.name] = {
      base = finite(game.GetSkillBase(pid, entry.id)),
      damage = finite(game.GetSkillDamage(pid, entry.id)),
      progress = finite(game.GetSkillProgress(pid, entry.id)),
    }
  end
  return json.object(read)
end

--- Remembered by the player's table, which ends with its visit.
local points = memo.new(function(_, pid)
  return { attributes = json.constant(read_attributes(pid)), skills = json.constant(read_skills(pid)) }
end)

return function(pid, options)
  local now = options.now
  local read = points(corescripts.player(pid), options.fresh and now or now - POINTS_KEEP_S, now, pid)
  return {
    level = numbers.whole(game.GetLevel(pid)),
    health = gauge(game.GetHealthCurrent(pid), game.GetHealthBase(pid)),
    magicka = gauge(game.GetMagickaCurrent(pid), game.GetMagickaBase(pid)),
    fatigue = gauge(game.GetFatigueCurrent(pid), game.GetFatigueBase(pid)),
    attributes = read.attributes,
    skills = read.skills,
    race = game.GetRace(pid),
    gender = game.GetIsMale(pid) == 0 and "female" or "male",
    class = classes.of(pid),
    birthsign = game.GetBirthsign(pid),
    level_progress = numbers.whole(game.GetLevelProgress(pid)),
    bounty = numbers.whole(game.GetBounty(pid)),
    reputation = numbers.whole(game.GetReputation(pid)),
  }
end
