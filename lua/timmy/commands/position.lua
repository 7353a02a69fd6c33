--- Moves a player to a named place, to coordinates in a cell, or to another player; pushes it; sets its mark for
-- Recall.
local cells = require("timmy.state.cells")
local checks = require("timmy.wire.checks")
local corescripts = require("timmy.game.corescripts")
local declarations = require("timmy.wire.declarations")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local place_names = require("timmy.state.place_names")
local places = require("timmy.state.places")
local players = require("timmy.state.players")
local saved = require("timmy.game.saved")
local trips = require("timmy.state.trips")

local as_coordinate = checks.of(declarations.types.Coordinate)

local M = {}

--- Whether clients can be sent to a location.
local function is_in_reach(...)
  for _, coordinate in ipairs({ ... }) do
    local _, wrong = as_coordinate(coordinate)
    if wrong then return false end
  end
  return true
end

local function named(values)
  local place = places.find(values.to)
  if not place then
    local known = table.concat(places.names, "; ")
    return errors.refuse("no_such_place", "no place named " .. values.to .. "; known are: " .. known, "to")
  end
  return { cell = place.cell, x = place.x, y = place.y, z = place.z, yaw = values.yaw or place.yaw }
end

--- Coordinates must lie in their grid cell: otherwise the client would leave the cell at once, and the answer would be
-- wrong.
local function holds(cell, x, y)
  return cells.grid(cell) == nil or cells.under(x, y) == cell
end

local function located(values)
  local x, y, z = values.x, values.y, values.z
  if not (x and y and z) then
    return errors.refuse("bad_arguments", "give 'to' (a place), 'to_player', or all of x, y and z", "to")
  end
  local cell = values.cell and cells.normalise(values.cell) or cells.under(x, y)
  if not cells.is_safe(cell) then
    return errors.refuse("no_such_cell", "no cell " .. cell .. ": outside the grid, or its name is too long", "cell")
  end
  if not holds(cell, x, y) then
    return errors.refuse("bad_arguments", "x and y lie in cell " .. cells.under(x, y) .. ", not in " .. cell, "cell")
  end
  return { cell = cell, x = x, y = y, z = z, yaw = values.yaw }
end

--- Another player's location, or its destination during a trip.
local function place_of(pid)
  return trips.target(pid) or { cell = guard.GetCell(pid), x = guard.GetPosX(pid), y = guard.GetPosY(pid),
    z = guard.GetPosZ(pid) }
end

--- The same, with that player's view direction.
local function beside(values)
  local other, wrong = players.find(values.to_player)
  if not other then return errors.refuse(wrong.code, wrong.message, "to_player") end
  local place = place_of(other)
  local cell, x, y, z = place.cell, place.x, place.y, place.z
  if not cells.is_safe(cell) then
    return errors.refuse("game_refused", values.to_player .. " has not arrived in a cell yet; try again", "to_player")
  end
  if not is_in_reach(x, y, z) then
    return errors.refuse("game_refused", values.to_player .. "'s location can't be sent to a client", "to_player")
  end
  return { cell = cell, x = x, y = y, z = z, yaw = values.yaw or math.deg(numbers.finite(guard.GetRotZ(other))) }
end

--- The destination, given in exactly one way; nil and an error.
local function locator(values)
  local has_coordinates = values.cell or values.x or values.y or values.z
  local ways = (values.to and 1 or 0) + (values.to_player and 1 or 0) + (has_coordinates and 1 or 0)
  if ways > 1 then return errors.refuse("bad_arguments", "give one of 'to', 'to_player' and coordinates", "to") end
  return (values.to and named) or (values.to_player and beside) or located
end

--- Cells that CoreScripts send a player out of at once.
local function is_forbidden(cell)
  for _, forbidden in pairs(corescripts.setting("forbiddenCells", {})) do
    if forbidden == cell then return true end
  end
  return false
end

--- Sends the cell before the position, and only if it is another one: a client that is sent to its current cell loads
-- it again.
local function move(pid, target)
  local yaw = target.yaw and math.rad(target.yaw) or numbers.finite(guard.GetRotZ(pid))
  if guard.GetCell(pid) ~= target.cell then
    guard.SetCell(pid, target.cell)
    guard.SendCell(pid)
  end
  guard.SetPos(pid, target.x, target.y, target.z)
  guard.SetRot(pid, 0, yaw)
  guard.SendPos(pid)
end

function M.teleport(pid, values, context)
  local locate, unclear = locator(values)
  if not locate then return nil, unclear end
  local target, wrong = locate(values)
  if not target then return nil, wrong end
  if is_forbidden(target.cell) then
    return errors.refuse("not_permitted", "this server forbids the cell " .. target.cell, values.to and "to" or "cell")
  end
  trips.follow(pid, context.revision, move, pid, target)
  if values.to then place_names.note(pid, values.to) end
  return { cell = target.cell, x = target.x, y = target.y, z = target.z }
end

function M.push(pid, values)
  guard.SetMomentum(pid, values.x, values.y, values.z)
  guard.SendMomentum(pid)
  return { x = values.x, y = values.y, z = values.z }
end

local function send_mark(pid, target)
  guard.SetMarkCell(pid, target.cell)
  guard.SetMarkPos(pid, target.x, target.y, target.z)
  guard.SetMarkRot(pid, 0, 0)
  guard.SendMarkLocation(pid)
end

--- Sets the destination of the spell Recall.
function M.set_mark(pid, values)
  local target, wrong = located(values)
  if not target then return nil, wrong end
  local owner = corescripts.player(pid)
  local kept, damaged = saved.table_of(owner, "miscellaneous")
  if not kept then return nil, damaged end
  send_mark(pid, target)
  kept.markLocation = { cell = target.cell, posX = target.x, posY = target.y, posZ = target.z, rotX = 0, rotZ = 0 }
  owner:QuicksaveToDrive()
  return { cell = target.cell, x = target.x, y = target.y, z = target.z }
end

return M
