--- The server's calls of scripts: global functions by name.
local M = {}

--- Whether a callback exists is looked up at its first event and cached.
local function exists(server, name)
  local known = server.known_callbacks
  if known[name] == nil then
    known[name] = type(_G[name]) == "function"
  end
  return known[name]
end

local function survive(server, name, problem)
  if not server.ignore_script_errors then
    server:kill("error in " .. name .. ": " .. problem)
  end
  server.report("[ERROR] " .. name .. ": " .. problem)
  if exists(server, "OnServerScriptCrash") then
    _G.OnServerScriptCrash(problem)
  end
end

--- Calls an event's callback. An error in it ends the process, unless the operator chose to ignore script errors.
function M.fire(server, name, ...)
  server.known_callbacks = server.known_callbacks or {}
  if not exists(server, name) then
    return
  end
  local ok, problem = xpcall(_G[name], debug.traceback, ...)
  server:check_alive()
  if not ok then
    survive(server, name, tostring(problem))
  end
end

return M
