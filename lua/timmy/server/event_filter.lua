--- Who is to be told of an event: whose it is, who is around, and what the subscription leaves out.
--
-- What happens to actors and things is told by the player whose client simulates the cell, which says nothing of who
-- stands beside: so it concerns every player whose client has the cell loaded.
local cells = require("timmy.state.cells")
local geometry = require("timmy.state.geometry")

local M = {}

--- The first thing of an event that has a place of its own.
local function place_in(data)
  local first = type(data.objects) == "table" and data.objects[1]
  return first and first.x and { cell = data.cell, x = first.x, y = first.y, z = first.z } or nil
end

local function is_near(one, other, radius)
  return one and other and geometry.are_joined(one.cell, other.cell) and geometry.toward(one, other) <= radius
end

--- Whether the event's own place, or the place of the player it befell, is within the radius of a player. An event in a
-- cell that has no place is as near as the cell.
local function is_within(subscription, happening, player, whereabouts)
  if not subscription.event_radius or player.pid == happening.pid and not happening.data.cell then return true end
  local place = place_in(happening.data)
  if not place and happening.data.cell then return whereabouts.has_loaded(player.pid, happening.data.cell) end
  return is_near(whereabouts.of(player.pid), place or whereabouts.of(happening.pid), subscription.event_radius)
end

local function is_in_cells(subscription, happening, whereabouts)
  if not subscription.event_cells then return true end
  local place = whereabouts.of(happening.pid)
  local cell = happening.data.cell or (place and place.cell)
  return cell == nil or subscription.event_cells[cells.normalise(cell)] == true
end

local function concerns(subscription, happening, player, whereabouts)
  if not subscription:wants_player(player.name) then return false end
  local is_own = player.name == happening.name
  local is_around = happening.data.cell and whereabouts.has_loaded(player.pid, happening.data.cell)
  if subscription.players and not (is_own or is_around) then return false end
  return is_within(subscription, happening, player, whereabouts)
end

--- Whether a subscription is to be told of `happening` ({ event, pid, name, data }). `roster` lists the players online;
-- `whereabouts.of(pid)` gives a player's { cell, x, y, z } or nil, `whereabouts.has_loaded(pid, cell)` whether its
-- client has a cell.
function M.reaches(subscription, happening, roster, whereabouts)
  if not subscription:wants(happening.event) then return false end
  if not is_in_cells(subscription, happening, whereabouts) then return false end
  if not subscription.event_radius and subscription:wants_player(happening.name) then return true end
  for _, player in ipairs(roster) do
    if concerns(subscription, happening, player, whereabouts) then return true end
  end
  -- Who is not in the list any more, or not yet, is spoken of all the same.
  return subscription:wants_player(happening.name) and whereabouts.of(happening.pid) == nil
end

return M
