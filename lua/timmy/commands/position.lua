--- Moves a player to a named place, or to coordinates in a cell.
local cells = require("timmy.cells")
local corescripts = require("timmy.corescripts")
local game = require("timmy.game")
local gazetteer = require("timmy.gazetteer")
local numbers = require("timmy.numbers")
local refuse = require("timmy.refusal")
local schema = require("timmy.schema")

local M = { name = "teleport" }

--- About 976 exterior cells from the origin: far outside every known map, far inside a float's exact range.
local MAX_COORDINATE = 8000000

local coordinate = schema.number(-MAX_COORDINATE, MAX_COORDINATE)

M.fields = {
  { name = "player", check = schema.name },
  { name = "to", check = schema.name, optional = true },
  { name = "cell", check = schema.name, optional = true },
  { name = "x", check = coordinate, optional = true },
  { name = "y", check = coordinate, optional = true },
  { name = "z", check = coordinate, optional = true },
  { name = "yaw", check = schema.number(-360, 360), optional = true },
}

local function named(values)
  if values.cell or values.x or values.y or values.z then
    return refuse("bad_arguments", "give either 'to' or coordinates, not both", "to")
  end
  local place = gazetteer.find(values.to)
  if not place then
    local known = table.concat(gazetteer.names, "; ")
    return refuse("no_such_place", "no place named " .. values.to .. "; known are: " .. known, "to")
  end
  return { cell = place.cell, x = place.x, y = place.y, z = place.z, yaw = values.yaw or place.yaw }
end

--- A grid cell must hold the coordinates: the client would leave it at once, and the answer would be a lie.
local function holds(cell, x, y)
  return cells.grid(cell) == nil or cells.under(x, y) == cell
end

local function located(values)
  local x, y, z = values.x, values.y, values.z
  if not (x and y and z) then
    return refuse("bad_arguments", "give 'to' (a place) or all of x, y and z", "to")
  end
  local cell = values.cell and cells.normalise(values.cell) or cells.under(x, y)
  if not cells.is_safe(cell) then
    return refuse("no_such_cell", "no cell " .. cell .. ": the grid and names end far before it", "cell")
  end
  if not holds(cell, x, y) then
    return refuse("bad_arguments", "x and y lie in cell " .. cells.under(x, y) .. ", not in " .. cell, "cell")
  end
  return { cell = cell, x = x, y = y, z = z, yaw = values.yaw }
end

--- CoreScripts send a player straight back out of these.
local function is_forbidden(cell)
  for _, forbidden in pairs(corescripts.setting("forbiddenCells", {})) do
    if forbidden == cell then return true end
  end
  return false
end

--- The cell is sent before the position, and only when it is another: a client told to enter the cell it stands in
-- loads it anew.
local function move(pid, target)
  local yaw = target.yaw and math.rad(target.yaw) or numbers.finite(game.GetRotZ(pid))
  if game.GetCell(pid) ~= target.cell then
    game.SetCell(pid, target.cell)
    game.SendCell(pid)
  end
  game.SetPos(pid, target.x, target.y, target.z)
  game.SetRot(pid, 0, yaw)
  game.SendPos(pid)
end

function M.run(pid, values)
  local locate = values.to and named or located
  local target, wrong = locate(values)
  if not target then return nil, wrong end
  if is_forbidden(target.cell) then
    return refuse("not_permitted", "this server forbids the cell " .. target.cell, values.to and "to" or "cell")
  end
  move(pid, target)
  return { cell = target.cell, x = target.x, y = target.y, z = target.z }
end

return { M }
