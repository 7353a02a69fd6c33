--- Values that nobody should send, and some that somebody may, the same for the same seed.
local json = require("timmy.json")

local M = {}

local NAN, INFINITY = 0 / 0, math.huge
local HUGE_TEXT = ("x"):rep(10 * 1024 * 1024)
--- One value in so many is the 10 MB text.
local HUGE_TEXT_IN = 2000

M.HOSTILE = {
  NAN, -NAN, INFINITY, -INFINITY, 1e308, -1e308, 1e14, -1e14, 2147483647, 2147483648, -2147483648, -2147483649,
  4294967295, 4294967296, 65535, 65536, 0.5, -0.5, -1, true, false, "", " ", "\0", "a\0b", "a\nb", "\r", "\127",
  "\27[2J", "\255\254", "\237\160\128", "\192\128", "\195", "\239\187\191", "#FF0000red", "color.Red",
  "%s%n%x", "'; --", "\"quoted\"", "'", "\\", "../../etc/passwd", "..", "/dev/zero", ("x"):rep(256), ("x"):rep(1025),
  ("9"):rep(40000),
  "99999999999, 0", "0, -99999999999", ("\195\169"):rep(300), json.null, json.array({}), json.object({}),
  json.array({ json.array({ json.array({}) }) }), { result = 0 }, { pid = "Timmy" }, { pid = 5 }, { result = -1 },
  { result = 1e9 }, { 1, 2 }, function() end, io.stdout,
}

M.PLAUSIBLE = {
  "Timmy", "Jiub", "Balmora", "-3, -2", "-2, -9", "-976, 976", "Balmora, Guild of Mages", "gold_001", "GOLD_001",
  "iron dagger", "rat", "fireball", "ms_fargoth", "Strength", "Longblade", "level", "health", "male", "female", "entry",
  "index", "add", "remove", "set", "Mage", "Orc", "$custom_1", "12345-0", "0-17", "clear", "5", "10.0.0.1",
  0, 1, 2, 3, 5, 10, 18, 19, 26, 27, 50, 100, 255, 256, 365, 1000, 100000, 8000000, -8000000, 0.25, -1, 360, true,
  false,
}

local function pick(list) return list[math.random(#list)] end

M.pick = pick

function M.hostile()
  if math.random(HUGE_TEXT_IN) == 1 then return HUGE_TEXT end
  return pick(M.HOSTILE)
end

function M.any()
  return math.random() < 0.5 and M.hostile() or pick(M.PLAUSIBLE)
end

--- A good text, hurt somewhere.
function M.hurt(text)
  local at = math.random(0, #text)
  local wound = pick({ "\0", "\n", "\"", "'", "\255", "#FF0000", "\t", "%d", "\226\130", "\127" })
  return text:sub(1, at) .. wound .. text:sub(at + 1)
end

return M
