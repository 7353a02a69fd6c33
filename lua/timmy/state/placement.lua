--- Positions in loaded cells for commands that place something: by default the player's own position.
local cells = require("timmy.state.cells")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local things = require("timmy.state.things")

local M = {}

local function standing(pid)
  return { cell = guard.GetCell(pid), x = numbers.finite(guard.GetPosX(pid)), y = numbers.finite(guard.GetPosY(pid)),
    z = numbers.finite(guard.GetPosZ(pid)), yaw = numbers.finite(guard.GetRotZ(pid)) }
end

local function place_of(pid, values)
  local here = guard.GetCell(pid)
  local cell = values.cell and cells.normalise(values.cell)
  if not cell then cell = cells.grid(here) and cells.under(values.x, values.y) or here end
  return { cell = cell, x = values.x, y = values.y, z = values.z, yaw = math.rad(values.yaw or 0) }
end

--- Whether a position lies in the exterior cell that it names: clients and CoreScripts discard any other.
function M.lies_in(cell, x, y)
  return cells.grid(cell) == nil or cells.under(x, y) == cell
end

--- The position { cell, x, y, z, yaw (radians) } in a loaded cell; else nil and an error.
function M.find(pid, values)
  local some = values.x or values.y or values.z
  if some and not (values.x and values.y and values.z) then
    return errors.refuse("bad_arguments", "give all of x, y and z, or none of them", "x")
  end
  if not some and values.cell then
    return errors.refuse("bad_arguments", "give x, y and z in the cell", "cell")
  end
  local spot = some and place_of(pid, values) or standing(pid)
  if values.yaw then spot.yaw = math.rad(values.yaw) end
  local cell, wrong = things.loaded_cell(spot.cell)
  if not cell then return nil, wrong end
  if not M.lies_in(spot.cell, spot.x, spot.y) then
    local message = "x and y lie in cell " .. cells.under(spot.x, spot.y) .. ", not in " .. spot.cell
    return errors.refuse("bad_arguments", message, "cell")
  end
  return spot
end

--- A position as CoreScripts store it.
function M.location(spot)
  return { posX = spot.x, posY = spot.y, posZ = spot.z, rotX = 0, rotY = 0, rotZ = spot.yaw }
end

--- A position as sent in an answer.
function M.answer(spot, more)
  local answer = { cell = spot.cell, x = spot.x, y = spot.y, z = spot.z }
  for name, value in pairs(more or {}) do answer[name] = value end
  return answer
end

return M
