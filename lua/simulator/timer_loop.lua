--- Runs the due timers, each once. An error in one ends the process, whatever the operator configured.
local M = {}

local function call(server, timer)
  timer.ended = true -- before the call: the callback may restart it
  local ok, problem = xpcall(_G[timer.callback], debug.traceback, unpack(timer.arguments))
  server:check_alive()
  if not ok then
    server:kill(("error in timer callback %s: %s"):format(timer.callback, tostring(problem)))
  end
end

function M.run(server)
  local timers = server.timers
  timers.running = true
  for id = 0, timers.count - 1 do
    local timer = timers[id]
    if timer and not timer.ended and server:clock_of(timer)() - timer.started >= timer.interval then
      call(server, timer)
    end
  end
  timers.running = false
end

return M
