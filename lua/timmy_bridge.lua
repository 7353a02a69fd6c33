--- The bridge between a TES3MP server and Timmy's daemon: `require("timmy_bridge")` in customScripts.lua.
--
-- It never raises: an error while scripts load, or in a hook, would end the server.

local function log_error(text)
  pcall(function() tes3mp.LogMessage(enumerations.log.ERROR, "timmy: the bridge stays off: " .. tostring(text)) end)
end

local function protected(act)
  local ok, err = xpcall(act, debug.traceback)
  if not ok then log_error(err) end
end

-- Before other scripts keep the functions for themselves.
protected(function() require("timmy.game.chat_sent").attach() end)
protected(function() require("timmy.state.dialogs").attach() end)
protected(function() require("timmy.state.trips").attach() end)

protected(function()
  customEventHooks.registerHandler("OnServerPostInit", function()
    protected(function() require("timmy.bridge").start() end)
  end)
end)

return {}
