--- The ten playable races, each with a head and hair of its own for a man and a woman (body parts of Morrowind.esm).
local M = {}

local function body(race, male_hair, female_hair)
  local prefix = "b_n_" .. race:lower()
  return {
    name = race,
    male = { head = prefix .. "_m_head_01", hair = prefix .. "_m_" .. male_hair },
    female = { head = prefix .. "_f_head_01", hair = prefix .. "_f_" .. female_hair },
  }
end

--- Hair parts are spelled with and without an underscore, without a rule.
M.all = {
  body("Argonian", "hair01", "hair01"),
  body("Breton", "hair_01", "hair_01"),
  body("Dark Elf", "hair_01", "hair_01"),
  body("High Elf", "hair_01", "hair_01"),
  body("Imperial", "hair_01", "hair_01"),
  body("Khajiit", "hair01", "hair01"),
  body("Nord", "hair01", "hair_01"),
  body("Orc", "hair_01", "hair01"),
  body("Redguard", "hair_01", "hair_01"),
  body("Wood Elf", "hair_01", "hair_01"),
}

--- Other common names of some races.
local ALIASES = { dunmer = "Dark Elf", altmer = "High Elf", bosmer = "Wood Elf", orsimer = "Orc" }

--- The race with this name, case-insensitive; or nil.
function M.find(name)
  local wanted = (ALIASES[name:lower()] or name):lower()
  for _, race in ipairs(M.all) do
    if race.name:lower() == wanted then return race end
  end
  return nil
end

--- The names of all races.
function M.names()
  local names = {}
  for _, race in ipairs(M.all) do names[#names + 1] = race.name end
  return names
end

return M
