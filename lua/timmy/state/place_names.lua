--- Names of the places where players stand: the name or alias by which a player was sent there, else the first name.
local corescripts = require("timmy.game.corescripts")
local places = require("timmy.state.places")
local trips = require("timmy.state.trips")

local M = {}

--- By player: { name = as a command gave it, place = the place's first name }.
local requested = setmetatable({}, { __mode = "k" })

--- Notes that a player is sent to a place, by a name or alias that exists.
function M.note(pid, name)
  requested[corescripts.player(pid)] = { name = name, place = places.find(name).name }
end

--- The name of the place that a player's position belongs to, or nil. Once the player has been elsewhere, the place has
-- its first name again.
function M.of(pid, cell, x, y)
  local name, player = places.place_of(cell, x, y), corescripts.player(pid)
  local known = player and requested[player]
  if not known then return name end
  if known.place == name then return known.name end
  if not trips.held(pid) then requested[player] = nil end
  return name
end

return M
