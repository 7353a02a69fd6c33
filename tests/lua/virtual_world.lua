--- A world in virtual time: `open` starts one, `run(ms)` lets that much time pass, a tick a millisecond.
local host = require("simulator.host")

local M = { host = host, lines = {} }

local DATA = package.loaded["test_root"] .. "/timmy_actors/embedded/data/"
local TICK_MS = 1

local now = 0

--- options: as host.start's; `ignore_errors` for the operator's ignoreScriptErrors.
function M.open(options)
  now = 0
  M.lines = {}
  local chosen = { api = DATA .. "api-0.8.1.json", preconditions = DATA .. "preconditions-0.8.1.json", seed = 1,
    clock = function() return now end, report = function(line) table.insert(M.lines, line) end }
  for name, value in pairs(options or {}) do chosen[name] = value end
  host.start(chosen)
  tes3mp.SetScriptErrorIgnoringState(chosen.ignore_errors or false)
  return M
end

function M.run(ms)
  for _ = 1, ms / TICK_MS do
    now = now + TICK_MS
    host.tick()
  end
end

--- Whether the log has a line with this plain text in it.
function M.said(text)
  for _, line in ipairs(M.lines) do
    if line:find(text, 1, true) then return true end
  end
  return false
end

--- Does something that must end the server, and gives the reason.
function M.end_of(act)
  local survived = pcall(act)
  local reason = host.death()
  assert(not survived and reason, "the server is still alive")
  return reason
end

--- Where the server thinks a player is: cell, x, y.
function M.place(pid)
  return tes3mp.GetCell(pid), tes3mp.GetPosX(pid), tes3mp.GetPosY(pid)
end

--- Sends a player somewhere as a script does.
function M.send(pid, cell, x, y, z)
  tes3mp.SetCell(pid, cell)
  tes3mp.SendCell(pid)
  tes3mp.SetPos(pid, x, y, z)
  tes3mp.SendPos(pid)
end

--- Writes down each event of a hook from now on.
function M.hear(hooks)
  local heard = {}
  for _, hook in ipairs(hooks) do
    customEventHooks.registerHandler(hook, function(_, ...) table.insert(heard, { hook, ... }) end)
  end
  return heard
end

return M
