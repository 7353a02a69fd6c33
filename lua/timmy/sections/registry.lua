--- What an agent perceives of its player, section by section.
local clock = require("timmy.server.clock")
local corescripts = require("timmy.game.corescripts")
local numbers = require("timmy.wire.numbers")
local trips = require("timmy.state.trips")
local wire_names = require("timmy.wire.wire_names")

local M = {}

--- The sections, in the order in which they are sent.
M.names = wire_names.SECTIONS

--- How far is near, in game units, and how many of a kind are listed, where nobody says.
local DEFAULT_RADIUS, DEFAULT_MOST = 4096, 64

--- Sections whose content depends on how far one looks and how many one wants.
M.by_view = { nearby_actors = true, nearby_players = true, nearby_objects = true }

--- Sections that show where the player is: while it is under way they stay as they were.
local OF_THE_PLACE = { position = true, nearby_actors = true, nearby_players = true, nearby_objects = true }

--- Since when a section stays as it was read before (seconds); nil where it is to be read.
function M.held(section, pid)
  if not OF_THE_PLACE[section] then return nil end
  local _, since = trips.held(pid)
  return since
end

--- How old what is pushed of a section may be, in seconds, where nothing was done to its player since: what changes
-- seldom isn't worth reading ten times a second. What isn't named is read each time.
M.keeps_s = {
  inventory = 0.5, equipment = 0.5, spells = 0.5, factions = 0.5, journal = 0.5, quests = 0.5, topics = 1, books = 1,
  kills = 1, nearby_objects = 1, world = 0.2, available_actions = 0.5,
}

local readers = {}

for _, name in ipairs(M.names) do readers[name] = require("timmy.sections." .. name) end

local function completed(options)
  options = options or {}
  return {
    radius = numbers.is_finite(options.radius) and options.radius or DEFAULT_RADIUS,
    most = options.most or DEFAULT_MOST,
    now = options.now or clock.now(),
    fresh = options.fresh ~= false,
    allow_raw = options.allow_raw == true,
  }
end

--- A section of a logged-in player, shaped as its model; nil and an error where there is no such section or player.
-- `options`, all of them: `radius` bounds what is near, in game units, and `most` how many are listed; `fresh = false`
-- takes what was read for somebody else a moment ago; `now` in seconds; `allow_raw` as configured. Sections may be
-- shared between readings: read them only. One may be a `json.fragment`, written already.
function M.look(section, pid, options)
  local reader = readers[section]
  if not reader then
    return nil, { code = "bad_message", message = "no section " .. tostring(section), field = "sections" }
  end
  if not corescripts.player(pid) then
    return nil, { code = "not_logged_in", message = "the player is not logged in", field = "player" }
  end
  return reader(pid, options)
end

--- The same as of now, with the defaults of what isn't said.
function M.read(section, pid, options)
  return M.look(section, pid, completed(options))
end

return M
