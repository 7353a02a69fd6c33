--- Wrappers around functions of the server, to observe the calls of CoreScripts and other scripts.
--
-- Each call is passed on unchanged; an error in an observer is logged and never reaches the caller. Calls of a script
-- that stored a function before it was wrapped are not seen.
local hooks = require("timmy.game.hooks")

local M = {}

--- The installed wrappers.
local ours = setmetatable({}, { __mode = "k" })

local function nothing() end

--- Calls `observer.before(...)` and `observer.after(...)`, both optional, with the arguments of each call of
-- `tes3mp[name]`. A second call does nothing.
function M.calls(name, observer)
  local call = tes3mp[name]
  if ours[call] then return end
  local before = hooks.protected("tes3mp." .. name, observer.before or nothing)
  local after = hooks.protected("tes3mp." .. name, observer.after or nothing)
  local function pass_on(arguments, count, ...)
    after(unpack(arguments, 1, count))
    return ...
  end
  local function stand_in(...)
    before(...)
    return pass_on({ ... }, select("#", ...), call(...))
  end
  ours[stand_in] = true
  rawset(tes3mp, name, stand_in)
end

return M
