--- A player's position: read live, because CoreScripts' table has the position of the last cell change. During a trip
-- it is the position before the trip.
local place_names = require("timmy.state.place_names")
local trips = require("timmy.state.trips")

return function(pid)
  local seen = trips.held(pid) or trips.live(pid)
  return { cell = seen.cell, exterior = seen.exterior, region = seen.region, x = seen.x, y = seen.y, z = seen.z,
    pitch = seen.pitch, yaw = seen.yaw, place = place_names.of(pid, seen.cell, seen.x, seen.y) }
end
