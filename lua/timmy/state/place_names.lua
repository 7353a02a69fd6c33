--- What the places are called where players stand: as who sent a player there called it, else by its first name.
local corescripts = require("timmy.game.corescripts")
local gazetteer = require("timmy.state.gazetteer")
local trips = require("timmy.state.trips")

local M = {}

--- By players: { name = as it was given, place = its first name }.
local given = setmetatable({}, { __mode = "k" })

--- A player is sent to the place of that name, which there is.
function M.note(pid, name)
  given[corescripts.player(pid)] = { name = name, place = gazetteer.find(name).name }
end

--- The name of the place that a spot in a cell belongs to, where a player stands; nil where it has none. A player that
-- is seen elsewhere later comes back to the place by its first name.
function M.of(pid, cell, x, y)
  local name, player = gazetteer.place_of(cell, x, y), corescripts.player(pid)
  local known = player and given[player]
  if not known then return name end
  if known.place == name then return known.name end
  if not trips.held(pid) then given[player] = nil end
  return name
end

return M
