--- Who a player is: its class, race, birthsign and name.
local attributes = require("timmy.state.attributes")
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local players = require("timmy.state.players")
local races = require("timmy.state.races")
local errors = require("timmy.commands.errors")
local checks = require("timmy.wire.checks")

local set_class = { name = "set_class" }

set_class.fields = {
  { name = "player", check = checks.name },
  { name = "class", check = checks.name },
}

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

function set_class.run(pid, values)
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

--- A head and hair that fit are chosen unless they are named.
local set_race = { name = "set_race" }

set_race.fields = {
  { name = "player", check = checks.name },
  { name = "race", check = checks.name },
  { name = "gender", check = checks.one_of("male", "female"), optional = true },
  -- The body parts are the game clients' and their mods' own, named by no rule, and the server has no list of them. A
  -- client leaves off one that it does not have (OpenMW's npcanimation.cpp), so it is not for us to decline.
  { name = "head", check = checks.name, optional = true },
  { name = "hair", check = checks.name, optional = true },
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

local set_name = { name = "set_name", fields = { { name = "player", check = checks.name },
  { name = "name", check = checks.name } } }

--- A name as others read it: spaces of any kind, and the case of its letters, tell no two apart.
local SPACES = { "%s", "\194\160", "\225\154\128", "\226\128[\128-\143\168-\175]", "\226\129[\159-\164]",
  "\227\128\128", "\239\187\191" }

local function without_spaces(name)
  for _, space in ipairs(SPACES) do name = name:gsub(space, "") end
  return name:lower()
end

--- The player here, other than `pid`, who is called like that but for spaces: by its account, or over its head.
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
  if without_spaces(name) == "" then return "a name needs more than spaces" end
  if name:find("^%s") or name:find("%s$") or name:find("%s%s") then
    return "spaces at its ends, or two together, are not seen: leave them out"
  end
  local other = namesake(pid, name)
  return other and ("%s is here: a name that differs by nothing but spaces can't be told apart"):format(other)
end

--- What others see over its head until it leaves. Its account, and who it is here, keep the old name.
function set_name.run(pid, values)
  local wrong = name_error(pid, values.name)
  if wrong then return errors.refuse("bad_arguments", "name: " .. wrong, "name") end
  guard.SetName(pid, values.name)
  guard.SendBaseInfo(pid)
  return { name = values.name }
end

local set_birthsign = { name = "set_birthsign", fields = { { name = "player", check = checks.name },
  { name = "birthsign", check = checks.name } } }

--- The signs of Morrowind.esm, by their ids. A client looks a sign up without asking whether there is one.
local BIRTHSIGNS = { "Beggar's Nose", "Blessed Touch Sign", "Charioteer", "Elfborn", "Fay", "Hara", "Lady's Favor",
  "Mooncalf", "Moonshadow Sign", "Star-Cursed", "Trollkin", "Warwyrd", "Wombburned" }

function set_birthsign.run(pid, values)
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

local set_custom_class = { name = "set_custom_class" }

set_custom_class.fields = {
  { name = "player", check = checks.name },
  { name = "name", check = checks.label },
  { name = "specialization", check = checks.one_of("combat", "magic", "stealth") },
  { name = "attributes", check = checks.list(checks.name, 2, 2) },
  { name = "major_skills", check = checks.list(checks.name, 5, 5) },
  { name = "minor_skills", check = checks.list(checks.name, 5, 5) },
  { name = "description", check = checks.text, optional = true },
}

--- The server's spellings of names, each once; nil and why when one is none or comes again.
local function spellings(field, given, known, seen)
  local found = {}
  for position, name in ipairs(given) do
    local place = field .. "." .. position - 1
    local spelling = attributes.spelling(known, name)
    if not spelling then return errors.refuse("bad_arguments", place .. ": there is no " .. name, place) end
    if seen[spelling] then
      return errors.refuse("bad_arguments", place .. ": " .. spelling .. " is there twice", place)
    end
    seen[spelling], found[position] = true, spelling
  end
  return table.concat(found, ", ")
end

--- The class as CoreScripts save it; nil and why when a name in it is wrong.
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

function set_custom_class.run(pid, values)
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

return { set_class, set_race, set_name, set_birthsign, set_custom_class }
