--- The sections of a perception: what an agent perceives of its player.
local clock = require("timmy.server.clock")
local corescripts = require("timmy.game.corescripts")
local declarations = require("timmy.wire.declarations")
local numbers = require("timmy.wire.numbers")
local surroundings = require("timmy.sections.surroundings")
local trips = require("timmy.state.trips")

local M = {}

--- The sections, in the order in which they are sent.
M.names = declarations.SECTIONS

--- Sections that depend on the view: the radius and the most items of a kind.
M.by_view = { nearby_actors = true, nearby_players = true, nearby_objects = true }

--- Sections that depend on the player's location: during a trip they keep their last value.
local OF_THE_PLACE = { position = true, nearby_actors = true, nearby_players = true, nearby_objects = true }

--- The time (seconds) since which a section keeps its last value because of a trip; nil if it is to be read.
function M.held(section, pid)
  if not OF_THE_PLACE[section] then return nil end
  local _, since = trips.held(pid)
  return since
end

--- How old a pushed section may be, in seconds, if nothing was done to its player since: sections that change seldom
-- need not be read ten times a second. Sections not listed here are read each time.
M.keeps_s = {
  inventory = 0.5, equipment = 0.5, spells = 0.5, factions = 0.5, journal = 0.5, quests = 0.5, topics = 1, books = 1,
  kills = 1, nearby_objects = 1, world = 0.2, available_actions = 0.5,
}

local readers = {}

for _, name in ipairs(M.names) do readers[name] = require("timmy.sections." .. name) end

local function completed(options)
  options = options or {}
  return {
    radius = numbers.is_finite(options.radius) and options.radius or declarations.DEFAULT_RADIUS,
    most = options.most or declarations.DEFAULT_MOST,
    now = options.now or clock.now(),
    fresh = options.fresh ~= false,
    allow_raw = options.allow_raw == true,
  }
end

--- A section of a logged-in player, in the form of its model; nil and an error if there is no such section or player.
-- `options` must be complete: `radius` in game units and `most` limit what is listed; `fresh = false` accepts values
-- read for another client a moment ago; `now` in seconds; `allow_raw` as configured. Do not change a section: readings
-- may share it. It may be a `json.fragment`, which is text already.
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

--- A `nearby_*` section of a logged-in player as a list of entities: see timmy.sections.surroundings.
function M.surroundings(section, pid, eye, options, list, versions)
  if not corescripts.player(pid) then return nil end
  return surroundings.look(section, pid, eye, options, list, versions)
end

--- A section, read now, with defaults for missing options.
function M.read(section, pid, options)
  return M.look(section, pid, completed(options))
end

return M
