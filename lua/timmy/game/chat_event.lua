--- The server's chat event: what a player types passes through it, and what the bridge lets a player say. So scripts
-- that filter, mute, relay or localise chat see both, and can stop both.
local errors = require("timmy.commands.errors")
local log = require("timmy.server.log")

local M = {}

local EVENT = "OnPlayerSendMessage"

--- A stack of the players whose messages are being handled: a script may send a message while it handles another.
local speakers = {}
local ours

--- The slot of the player whose message the server is handling, or nil.
function M.speaker() return speakers[#speakers] end

local function leave(ok, ...)
  speakers[#speakers] = nil
  if not ok then error((...), 0) end -- as it came: what becomes of it is the server's affair
  return ...
end

--- Installs the tracking of whose message is handled. A second call does nothing.
function M.install()
  local handle = _G[EVENT]
  if type(handle) ~= "function" or handle == ours then return end
  ours = function(pid, ...)
    speakers[#speakers + 1] = tonumber(pid) or -1
    return leave(pcall(handle, pid, ...))
  end
  rawset(_G, EVENT, ours)
end

--- Lets the server handle a message as if the player had typed it: true, or nil and an error. A failing script is
-- logged.
function M.raise(pid, message)
  local handle = _G[EVENT]
  if type(handle) ~= "function" then return errors.refuse("game_refused", "the server's scripts have no chat event") end
  local ok, err = xpcall(handle, debug.traceback, pid, message)
  if ok then return true end
  log("error", "a script failed on a chat message of the bridge: " .. tostring(err))
  return errors.refuse("game_refused", "a script of the server failed while it handled the message (see the server's "
    .. "log); some players may have received it")
end

return M
