--- Who a player is: one of the game's own classes, one of the ten races.
local corescripts = require("timmy.corescripts")
local races = require("timmy.races")
local schema = require("timmy.schema")

local set_class = { name = "set_class" }

set_class.fields = {
  { name = "player", check = schema.name },
  { name = "class", check = schema.name },
}

--- The playable classes of Morrowind.esm, by their ids.
local CLASSES = {
  "Acrobat", "Agent", "Archer", "Assassin", "Barbarian", "Bard", "Battlemage", "Crusader", "Healer", "Knight", "Mage",
  "Monk", "Nightblade", "Pilgrim", "Rogue", "Scout", "Sorcerer", "Spellsword", "Thief", "Warrior", "Witchhunter",
}

local function find(name)
  for _, class in ipairs(CLASSES) do
    if class:lower() == name:lower() then return class end
  end
  return nil
end

function set_class.run(pid, values)
  local class = find(values.class)
  if not class then
    local message = "no class " .. values.class .. "; there are " .. table.concat(CLASSES, ", ")
    return nil, { code = "bad_arguments", message = message, field = "class" }
  end
  local player = corescripts.player(pid)
  if type(player.data.character) ~= "table" then
    return nil, { code = "game_refused", message = "the player's saved character is damaged; nothing was changed" }
  end
  player.data.character.class = class
  player:LoadClass()
  player:QuicksaveToDrive()
  return { class = class }
end

--- A head and hair that fit are chosen unless they are named.
local set_race = { name = "set_race" }

set_race.fields = {
  { name = "player", check = schema.name },
  { name = "race", check = schema.name },
  { name = "gender", check = schema.one_of("male", "female"), optional = true },
  -- The body parts are the game clients' and their mods' own, named by no rule, and the server has no list of them. A
  -- client leaves off one that it does not have (OpenMW's npcanimation.cpp), so it is not for us to decline.
  { name = "head", check = schema.name, optional = true },
  { name = "hair", check = schema.name, optional = true },
}

local FEMALE, MALE = 0, 1

function set_race.run(pid, values)
  local race = races.find(values.race)
  if not race then
    local message = "no race " .. values.race .. "; there are " .. table.concat(races.names(), ", ")
    return nil, { code = "bad_arguments", message = message, field = "race" }
  end
  local player = corescripts.player(pid)
  if not corescripts.is_loadable(player, "character") then
    return nil, { code = "game_refused", message = "the player's saved character is damaged; nothing was changed" }
  end
  local character = player.data.character
  local gender = values.gender or (character.gender == FEMALE and "female" or "male")
  character.race = race.name
  character.gender = gender == "female" and FEMALE or MALE
  character.head = values.head or race[gender].head
  character.hair = values.hair or race[gender].hair
  player:LoadCharacter()
  player:QuicksaveToDrive()
  return { race = race.name, gender = gender, head = character.head, hair = character.hair }
end

return { set_class, set_race }
