--- Which subscriptions receive an event: by the event's player, the players around, and the subscription's filters.
--
-- Events of actors and objects come from the player whose client simulates the cell. That says nothing about who is
-- near, so such an event concerns every player whose client has loaded the cell.
local cells = require("timmy.state.cells")
local geometry = require("timmy.state.geometry")

local M = {}

--- The location of an event's first object, if that has one.
local function place_in(data)
  local first = type(data.objects) == "table" and data.objects[1]
  return first and first.x and { cell = data.cell, x = first.x, y = first.y, z = first.z } or nil
end

local function is_near(one, other, radius)
  return one and other and geometry.are_joined(one.cell, other.cell) and geometry.toward(one, other) <= radius
end

--- Whether an event is within the subscription's radius of a player: by the event's own location, else by that of its
-- player. An event of a cell without a location counts as near for everybody who has loaded the cell.
local function is_within(subscription, happening, player, player_location)
  if not subscription.event_radius or player.pid == happening.pid and not happening.data.cell then return true end
  local place = place_in(happening.data)
  if not place and happening.data.cell then return player_location.has_loaded(player.pid, happening.data.cell) end
  return is_near(player_location.of(player.pid), place or player_location.of(happening.pid), subscription.event_radius)
end

local function is_in_cells(subscription, happening, player_location)
  if not subscription.event_cells then return true end
  local place = player_location.of(happening.pid)
  local cell = happening.data.cell or (place and place.cell)
  return cell == nil or subscription.event_cells[cells.normalise(cell)] == true
end

local function concerns(subscription, happening, player, player_location)
  if not subscription:wants_player(player.name) then return false end
  local is_own = player.name == happening.name
  local is_around = happening.data.cell and player_location.has_loaded(player.pid, happening.data.cell)
  if subscription.players and not (is_own or is_around) then return false end
  return is_within(subscription, happening, player, player_location)
end

--- Whether a subscription receives `happening` ({ event, pid, name, data }). `roster` lists the players online;
-- `player_location.of(pid)` is a player's { cell, x, y, z } or nil, and `player_location.has_loaded(pid, cell)` says
-- whether its client has loaded a cell.
function M.reaches(subscription, happening, roster, player_location)
  if not subscription:wants(happening.event) then return false end
  if not is_in_cells(subscription, happening, player_location) then return false end
  if not subscription.event_radius and subscription:wants_player(happening.name) then return true end
  for _, player in ipairs(roster) do
    if concerns(subscription, happening, player, player_location) then return true end
  end
  -- Events of players who have just left, or just joined, and are not in the list are sent too.
  return subscription:wants_player(happening.name) and player_location.of(happening.pid) == nil
end

return M
