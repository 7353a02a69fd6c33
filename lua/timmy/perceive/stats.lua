--- Who a player is and how it fares, as its client last reported.
local attributes = require("timmy.attributes")
local game = require("timmy.game")
local json = require("timmy.json")
local numbers = require("timmy.numbers")

local finite = numbers.finite

local function gauge(current, base)
  return { current = finite(current), base = finite(base) }
end

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

--- One of the game's classes by its id, a player's own by the name it was given.
local function class_of(pid)
  local class = game.GetDefaultClass(pid)
  if class ~= "" then return class end
  return game.GetClassName(pid)
end

return function(pid)
  return {
    level = numbers.whole(game.GetLevel(pid)),
    health = gauge(game.GetHealthCurrent(pid), game.GetHealthBase(pid)),
    magicka = gauge(game.GetMagickaCurrent(pid), game.GetMagickaBase(pid)),
    fatigue = gauge(game.GetFatigueCurrent(pid), game.GetFatigueBase(pid)),
    attributes = read_attributes(pid),
    skills = read_skills(pid),
    race = game.GetRace(pid),
    gender = game.GetIsMale(pid) == 0 and "female" or "male",
    class = class_of(pid),
    birthsign = game.GetBirthsign(pid),
  }
end
