--- A player's position: read live, because CoreScripts' table has the position of the last cell change. During a trip
-- it is the position before the trip.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local place_names = require("timmy.state.place_names")
local trips = require("timmy.state.trips")

--- How old a pushed region may be, in seconds, unless the cell has changed, or an event or command touched the player.
local REGION_KEEPS_S = 0.5

--- The last section of each player, and when its region was read.
local known = setmetatable({}, { __mode = "k" })

local function during_a_trip(pid, seen)
  return { cell = seen.cell, exterior = seen.exterior, region = seen.region, x = seen.x, y = seen.y, z = seen.z,
    pitch = seen.pitch, yaw = seen.yaw, place = place_names.of(pid, seen.cell, seen.x, seen.y) }
end

local function is_at(section, x, y, z, pitch, yaw)
  return section.x == x and section.y == y and section.z == z and section.pitch == pitch and section.yaw == yaw
end

local function region_of(pid, memory, cell, options)
  local section, now = memory.section, options.now
  local is_new = options.fresh or not section or section.cell ~= cell
  if not is_new and memory.at >= now - REGION_KEEPS_S then return section.exterior, section.region end
  memory.at = now
  return guard.IsInExterior(pid), guard.GetRegion(pid):lower()
end

--- The same section again if the player stands still.
local function live(pid, memory, options)
  local cell, before = guard.GetCell(pid), memory.section
  local x, y = numbers.finite(guard.GetPosX(pid)), numbers.finite(guard.GetPosY(pid))
  local z = numbers.finite(guard.GetPosZ(pid))
  local pitch, yaw = numbers.degrees(guard.GetRotX(pid)), numbers.heading(guard.GetRotZ(pid))
  local exterior, region = region_of(pid, memory, cell, options)
  local place = place_names.of(pid, cell, x, y)
  local stands = before and before.cell == cell and is_at(before, x, y, z, pitch, yaw)
  if stands and before.exterior == exterior and before.region == region and before.place == place then return before end
  memory.section = { cell = cell, exterior = exterior, region = region, x = x, y = y, z = z, pitch = pitch, yaw = yaw,
    place = place }
  return memory.section
end

return function(pid, options)
  local held = trips.held(pid)
  if held then return during_a_trip(pid, held) end
  local player = corescripts.player(pid)
  local memory = known[player] or { at = -math.huge }
  known[player] = memory
  return live(pid, memory, options)
end
