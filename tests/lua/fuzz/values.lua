--- Values for random commands, the same for the same seed: such as a field may take, and such as it refuses by their
-- type alone.
local json = require("timmy.wire.json")

local M = {}

local HUGE_TEXT = ("x"):rep(10 * 1024 * 1024)
--- One value in so many is the 10 MB text.
local HUGE_TEXT_IN = 2000

M.PLAUSIBLE = {
  "Timmy", "Jiub", "Balmora", "-3, -2", "-2, -9", "-976, 976", "Balmora, Guild of Mages", "gold_001", "GOLD_001",
  "iron dagger", "rat", "fireball", "ms_fargoth", "Strength", "Longblade", "level", "health", "male", "female", "entry",
  "index", "add", "remove", "set", "Mage", "Orc", "$custom_1", "12345-0", "0-17", "clear", "5", "10.0.0.1",
  0, 1, 2, 3, 5, 10, 18, 19, 26, 27, 50, 100, 255, 256, 365, 1000, 100000, 8000000, -8000000, 0.25, -1, 360, true,
  false,
}

--- Of types that a field of another type refuses.
local OTHER = { true, false, 5, "five", json.null, json.array({}), json.object({}), json.array({ json.array({}) }),
  { result = 0 }, { 1, 2 }, function() end, io.stdout }

local function pick(list) return list[math.random(#list)] end

M.pick = pick

--- A value of another type than `value`.
function M.of_another_type(value)
  if math.random(HUGE_TEXT_IN) == 1 and type(value) ~= "string" then return HUGE_TEXT end
  local other = pick(OTHER)
  while type(other) == type(value) do other = pick(OTHER) end
  return other
end

--- Anything that JSON can carry, and what it cannot.
function M.any() return pick(math.random() < 0.5 and OTHER or M.PLAUSIBLE) end

--- A good text with a character more somewhere.
function M.changed(text)
  local at = math.random(0, #text)
  return text:sub(1, at) .. pick({ "\n", "\"", "'", "#FF0000", "\t", "%d", "\195\169", " " }) .. text:sub(at + 1)
end

return M
