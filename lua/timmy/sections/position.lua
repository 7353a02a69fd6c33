--- Where a player stands: live, since CoreScripts' table holds the place of the last cell change. Of one that is under
-- way, where it stood before.
local place_names = require("timmy.state.place_names")
local trips = require("timmy.state.trips")

return function(pid)
  local seen = trips.held(pid) or trips.live(pid)
  return { cell = seen.cell, exterior = seen.exterior, region = seen.region, x = seen.x, y = seen.y, z = seen.z,
    pitch = seen.pitch, yaw = seen.yaw, place = place_names.of(pid, seen.cell, seen.x, seen.y) }
end
