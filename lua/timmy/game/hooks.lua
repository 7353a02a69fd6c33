--- Handlers for CoreScripts' hooks. An error that leaves a callback ends the server, and a returned value affects other
-- scripts: handlers registered here do neither.
local log = require("timmy.server.log")

local M = {}

--- A callback for a hook that catches every error.
function M.protected(hook, act)
  return function(...)
    local ok, trace = xpcall(act, debug.traceback, ...)
    if not ok then log("error", hook .. " failed: " .. tostring(trace)) end
  end
end

--- Registers a handler that runs after a hook's default behaviour: `act(status, pid, ...)`.
function M.hear(hook, act)
  _G.customEventHooks.registerHandler(hook, M.protected(hook, act))
end

return M
