--- The server's log at a limited rate: strangers, clients and players can cause these lines, and must not fill the
-- disk. `log(level, text)`; the levels are those of timmy.game.guard.
local clock = require("timmy.server.clock")
local guard = require("timmy.game.guard")
local throttle = require("timmy.server.throttle")

local quiet = throttle.new(guard.log, clock.now)

return function(level, text) quiet(level, "timmy: " .. text) end
