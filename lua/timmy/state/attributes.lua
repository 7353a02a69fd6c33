--- The names of attributes and skills as the server spells them (`Strength`, `Longblade`), by number.
local guard = require("timmy.game.guard")

local M = {}

local function list(count, name_of)
  local names = {}
  for id = 0, count - 1 do names[id + 1] = { id = id, name = name_of(id) } end
  return names
end

local attributes, skills

--- { { id = 0, name = "Strength" }, ... }: asked of the server once, they are the same as long as it runs.
function M.attributes()
  attributes = attributes or list(guard.GetAttributeCount(), guard.GetAttributeName)
  return attributes
end

--- { { id = 0, name = "Block" }, ... }.
function M.skills()
  skills = skills or list(guard.GetSkillCount(), guard.GetSkillName)
  return skills
end

--- The server's spelling of a name given in any case, with or without spaces ("long blade"); nil if there is no such
-- name.
function M.spelling(names, name)
  local wanted = name:lower():gsub("%s", "")
  for _, entry in ipairs(names) do
    if entry.name:lower() == wanted then return entry.name end
  end
  return nil
end

return M
