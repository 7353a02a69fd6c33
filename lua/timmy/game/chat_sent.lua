--- Observes what the server sends to chat windows, on behalf of CoreScripts, other scripts or the bridge.
--
-- Every line goes through `tes3mp.SendMessage` or a similar function, so wrappers of these see all lines.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local overhear = require("timmy.game.overhear")

local M = {}

local listener

--- Whether the server has a player in that slot: it sends to nobody else. A player whom CoreScripts refuse at login has
-- a name, but no entry in `Players`.
local function is_there(pid)
  return corescripts.global("Players")[pid] ~= nil or guard.GetName(pid) ~= ""
end

--- The slots of all players that CoreScripts know, in order, except `pid`.
local function others_than(pid)
  local result = {}
  for other in pairs(corescripts.global("Players")) do
    if type(other) == "number" and other ~= pid then result[#result + 1] = other end
  end
  table.sort(result)
  return result
end

--- A text as C++ reads it: up to its first NUL.
local function as_text(value)
  if type(value) ~= "string" and type(value) ~= "number" then return nil end
  return tostring(value):match("^[^%z]*")
end

local function on_message(pid, text, to_others, skip)
  pid, text = tonumber(pid), as_text(text)
  if not pid or not text or not is_there(pid) then return end
  local pids = to_others and others_than(pid) or {}
  if not skip then table.insert(pids, 1, pid) end
  -- An empty line tells a client to clear its window.
  if text == "" then listener.cleared(pids) else listener.sent(pids, text) end
end

local function on_clean_for(pid)
  pid = tonumber(pid)
  if pid then listener.cleared({ pid }) end
end

local function on_clean() listener.cleared(others_than(nil)) end

local HEARD = { SendMessage = on_message, CleanChatForPid = on_clean_for, CleanChat = on_clean }

--- Installs the wrappers, as early as possible: calls of a script that stored a function before are not seen. A second
-- call does nothing.
function M.attach()
  for name, note in pairs(HEARD) do
    overhear.calls(name, { after = function(...) if listener then note(...) end end })
  end
end

--- Calls `observer.sent(pids, text)` for every message with its receivers, and `observer.cleared(pids)` for every
-- cleared window.
function M.listen(observer)
  M.attach()
  listener = observer
end

return M
