--- Functions that stand in for some of the server's: so is heard what CoreScripts and other scripts call.
--
-- Each call is passed on as it came; what goes wrong here is logged and never reaches the caller. A script that keeps
-- one of the functions before it is overheard is not heard.
local hooks = require("timmy.game.hooks")

local M = {}

--- The functions that stand in the places of the server's.
local ours = setmetatable({}, { __mode = "k" })

local function nothing() end

--- Has `heard.before(...)` and `heard.after(...)`, either of which may be absent, called with the arguments of each
-- call of `tes3mp[name]`. A second time does nothing.
function M.calls(name, heard)
  local call = tes3mp[name]
  if ours[call] then return end
  local before = hooks.protected("tes3mp." .. name, heard.before or nothing)
  local after = hooks.protected("tes3mp." .. name, heard.after or nothing)
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
