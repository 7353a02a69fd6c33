--- The server's log, at a rate at which nobody fills a disk: what is written here, a stranger, a client or a player can
-- cause. `log(level, text)`; the levels are `timmy.game`'s.
local clock = require("timmy.server.clock")
local guard = require("timmy.game.guard")
local throttle = require("timmy.server.throttle")

local quiet = throttle.new(guard.log, clock.now)

return function(level, text) quiet(level, "timmy: " .. text) end
