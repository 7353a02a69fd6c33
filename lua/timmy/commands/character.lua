--- A player's class, race, birthsign and name.
local attributes = require("timmy.state.attributes")
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local players = require("timmy.state.players")
local races = require("timmy.state.races")

local M = {}

--- The playable classes of Morrowind.esm, by their ids.
local CLASSES = {
  "Acrobat", "Agent", "Archer", "Assassin", "Barbarian", "Bard", "Battlemage", "Crusader", "Healer", "Knight", "Mage",
  "Monk", "Nightblade", "Pilgrim", "Rogue", "Scout", "Sorcerer", "Spellsword", "Thief", "Warrior", "Witchhunter",
}

local function in_list(list, name)
  for _, known in ipairs(list) do
    if known:lower() == name:lower() then return known end
  end
  return nil
end

function M.set_class(pid, values)
  local class = in_list(CLASSES, values.class)
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

local FEMALE, MALE = 0, 1

--- Sets the race, with a matching head and hair unless they are given. These are not checked: body parts come from the
-- clients' game and mods, follow no naming rule, and the server has no list of them. A client omits one that it does
-- not have (OpenMW's npcanimation.cpp).
function M.set_race(pid, values)
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

--- A name in the form in which names are compared: without spaces of any kind, in lower case.
local SPACES = { "%s", "\194\160", "\225\154\128", "\226\128[\128-\143\168-\175]", "\226\129[\159-\164]",
  "\227\128\128", "\239\187\191" }

local function without_spaces(name)
  for _, space in ipairs(SPACES) do name = name:gsub(space, "") end
  return name:lower()
end

--- The online player, other than `pid`, whose account or shown name is equal in that form.
local function namesake(pid, name)
  local wanted = without_spaces(name)
  for _, other in ipairs(players.online()) do
    if other.pid ~= pid then
      local shown = guard.GetName(other.pid)
      if without_spaces(other.name) == wanted or without_spaces(shown) == wanted then return other.name end
    end
  end
end

local function name_error(pid, name)
  if without_spaces(name) == "" then return "a name must not consist of spaces only" end
  if name:find("^%s") or name:find("%s$") or name:find("%s%s") then
    return "spaces at the ends, and double spaces, are not visible: remove them"
  end
  local other = namesake(pid, name)
  return other and ("%s is online: a name that differs only in spaces looks the same"):format(other)
end

--- The name that others see above the player until it leaves. Its account and its name in the bridge do not change.
function M.set_name(pid, values)
  local wrong = name_error(pid, values.name)
  if wrong then return errors.refuse("bad_arguments", "name: " .. wrong, "name") end
  guard.SetName(pid, values.name)
  guard.SendBaseInfo(pid)
  return { name = values.name }
end

--- The signs of Morrowind.esm, by id. A client does not check whether a sign exists.
local BIRTHSIGNS = { "Beggar's Nose", "Blessed Touch Sign", "Charioteer", "Elfborn", "Fay", "Hara", "Lady's Favor",
  "Mooncalf", "Moonshadow Sign", "Star-Cursed", "Trollkin", "Warwyrd", "Wombburned" }

function M.set_birthsign(pid, values)
  local sign = in_list(BIRTHSIGNS, values.birthsign)
  if not sign then
    return errors.refuse("bad_arguments", "birthsign: there are " .. table.concat(BIRTHSIGNS, ", "), "birthsign")
  end
  local player = corescripts.player(pid)
  if not corescripts.is_loadable(player, "character") then
    return errors.refuse("game_refused", "the player's saved character is damaged; nothing was changed")
  end
  player.data.character.birthsign = sign
  player:LoadCharacter()
  player:QuicksaveToDrive()
  return { birthsign = sign }
end

local SPECIALIZATIONS = { combat = 0, magic = 1, stealth = 2 }

--- The server's spellings of the names, each once; nil and an error for an unknown or repeated one.
local function spellings(field, names, known, seen)
  local result = {}
  for position, name in ipairs(names) do
    local place = field .. "." .. position - 1
    local spelling = attributes.spelling(known, name)
    if not spelling then return errors.refuse("bad_arguments", place .. ": there is no " .. name, place) end
    if seen[spelling] then
      return errors.refuse("bad_arguments", place .. ": " .. spelling .. " is given twice", place)
    end
    seen[spelling], result[position] = true, spelling
  end
  return table.concat(result, ", ")
end

--- The class as CoreScripts save it; nil and an error if a name in it is wrong.
local function custom_class(values)
  local class, seen = { name = values.name, description = values.description or "",
    specialization = SPECIALIZATIONS[values.specialization] }, {}
  local parts = {
    { "majorAttributes", "attributes", attributes.attributes() },
    { "majorSkills", "major_skills", attributes.skills() },
    { "minorSkills", "minor_skills", attributes.skills() },
  }
  for _, part in ipairs(parts) do
    local text, wrong = spellings(part[2], values[part[2]], part[3], seen)
    if not text then return nil, wrong end
    class[part[1]] = text
  end
  return class
end

function M.set_custom_class(pid, values)
  local class, wrong = custom_class(values)
  if not class then return nil, wrong end
  local player = corescripts.player(pid)
  if type(player.data.character) ~= "table" then
    return errors.refuse("game_refused", "the player's saved character is damaged; nothing was changed")
  end
  player.data.character.class, player.data.customClass = "custom", class
  player:LoadClass()
  player:QuicksaveToDrive()
  return { name = class.name }
end

return M
