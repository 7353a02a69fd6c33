--- What an agent perceives of its player, section by section.
local corescripts = require("timmy.corescripts")
local numbers = require("timmy.numbers")

local M = {}

--- The sections, in the order in which they are sent.
M.names = {
  "position", "stats", "inventory", "equipment", "journal", "quests", "nearby_actors", "nearby_players", "world",
}

--- How far is near, in game units, where nobody says.
local DEFAULT_RADIUS = 4096

local readers = {}

for _, name in ipairs(M.names) do readers[name] = require("timmy.perceive." .. name) end

--- A section of a logged-in player, shaped as its model; nil and an error where there is no such section or player.
-- `options.radius` bounds what is near, in game units. Sections may be shared between readings: read them only.
function M.read(section, pid, options)
  local reader = readers[section]
  if not reader then
    return nil, { code = "bad_message", message = "no section " .. tostring(section), field = "sections" }
  end
  if not corescripts.player(pid) then
    return nil, { code = "not_logged_in", message = "the player is not logged in", field = "player" }
  end
  local radius = options and options.radius
  return reader(pid, { radius = numbers.is_finite(radius) and radius or DEFAULT_RADIUS })
end

return M
