--- Gives a player one of the game's own classes.
local corescripts = require("timmy.corescripts")
local schema = require("timmy.schema")

local M = { name = "set_class" }

M.fields = {
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

function M.run(pid, values)
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

return { M }
