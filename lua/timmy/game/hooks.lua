--- Hearing CoreScripts' hooks. An error that leaves a callback ends the server, and a value that one returns steers the
-- other scripts: ours do neither.
local log = require("timmy.server.log")

local M = {}

--- A callback for a hook, from which nothing escapes.
function M.protected(hook, act)
  return function(...)
    local ok, trace = xpcall(act, debug.traceback, ...)
    if not ok then log("error", hook .. " failed: " .. tostring(trace)) end
  end
end

--- Hears a hook after its default behaviour: `act(status, pid, ...)`.
function M.hear(hook, act)
  _G.customEventHooks.registerHandler(hook, M.protected(hook, act))
end

return M
