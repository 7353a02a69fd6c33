--- What was read of the game, shared by all who look: each section of a player is read once, compared with what it was,
-- numbered when it changed, and written as JSON once.
local delta = require("timmy.delta")
local json = require("timmy.json")

local Readings = {}
Readings.__index = Readings

local M = {}

--- Sections whose content depends on how far one looks.
local BY_RADIUS = { nearby_actors = true, nearby_players = true }
--- Readings by radius kept of a player: more radii than clients that mean well ask for. Past that these start anew, the
-- sections that everybody shares don't.
local MOST_BY_RADIUS = 64

--- `perceive` reads a section; `log(text)` hears of what could not be read.
function M.new(perceive, log)
  return setmetatable({ perceive = perceive, log = log, players = {} }, Readings)
end

--- What is known of the player in a slot; a slot that changed hands starts anew.
local function known_of(self, player)
  local known = self.players[player.pid]
  if not known or known.name ~= player.name then
    known = { name = player.name, readings = {}, by_radius = {}, radii = 0, revisions = {} }
    self.players[player.pid] = known
  end
  return known
end

local function read(self, section, player, radius)
  local ok, value = xpcall(self.perceive.read, debug.traceback, section, player.pid, { radius = radius })
  if ok then return value end -- nil: the player has just left
  self.log("section " .. section .. " of " .. player.name .. " could not be read: " .. tostring(value))
end

local function place_by_radius(known, section, radius)
  local key = section .. radius
  if known.by_radius[key] then return known.by_radius[key] end
  if known.radii >= MOST_BY_RADIUS then known.by_radius, known.radii = {}, 0 end
  known.by_radius[key], known.radii = {}, known.radii + 1
  return known.by_radius[key]
end

--- Where the reading of a section is kept.
local function place(known, section, radius)
  if BY_RADIUS[section] then return place_by_radius(known, section, radius) end
  known.readings[section] = known.readings[section] or {}
  return known.readings[section]
end

local function renew(self, known, reading, section, value)
  if delta.equal(reading.value, value) then return end
  local text, why = json.encode(value)
  if not text then return self.log("section " .. section .. " of " .. known.name .. " has no JSON: " .. why) end
  known.revisions[section] = (known.revisions[section] or 0) + 1
  reading.value, reading.revision = value, known.revisions[section]
  reading.fragment = json.fragment(text)
end

--- A section as { revision, fragment }, read at `not_before` or later; nil when it could not be read.
function Readings:get(player, section, radius, not_before, now)
  local known = known_of(self, player)
  local reading = place(known, section, radius)
  if not reading.at or reading.at < not_before then
    local value = read(self, section, player, radius)
    if not value then return nil end
    renew(self, known, reading, section, value)
    reading.at = now
  end
  return reading.fragment and reading
end

--- Forgets players who left.
function Readings:keep(roster)
  local here = {}
  for _, player in ipairs(roster) do here[player.pid] = true end
  for pid in pairs(self.players) do
    if not here[pid] then self.players[pid] = nil end
  end
end

return M
