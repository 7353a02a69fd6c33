--- What the server sends to chat windows, whoever has it sent: CoreScripts, other scripts, the bridge itself.
--
-- Every line goes through `tes3mp.SendMessage`, so functions that stand in for it and its like hear them all.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local overhear = require("timmy.game.overhear")

local M = {}

local listener

--- Whether the server has a player in that slot: to nobody else is anything sent. One that CoreScripts turned away at
-- the door has a name and no entry in `Players`.
local function is_there(pid)
  return corescripts.global("Players")[pid] ~= nil or guard.GetName(pid) ~= ""
end

--- The slots of all players that CoreScripts know, in order, without `pid`.
local function others_than(pid)
  local found = {}
  for other in pairs(corescripts.global("Players")) do
    if type(other) == "number" and other ~= pid then found[#found + 1] = other end
  end
  table.sort(found)
  return found
end

--- A text as C++ takes it: it ends at its first NUL.
local function as_text(value)
  if type(value) ~= "string" and type(value) ~= "number" then return nil end
  return tostring(value):match("^[^%z]*")
end

local function on_message(pid, text, to_others, skip)
  pid, text = tonumber(pid), as_text(text)
  if not pid or not text or not is_there(pid) then return end
  local pids = to_others and others_than(pid) or {}
  if not skip then table.insert(pids, 1, pid) end
  -- An empty line is how the server tells a client to empty its window.
  if text == "" then listener.cleared(pids) else listener.sent(pids, text) end
end

local function on_clean_for(pid)
  pid = tonumber(pid)
  if pid then listener.cleared({ pid }) end
end

local function on_clean() listener.cleared(others_than(nil)) end

local HEARD = { SendMessage = on_message, CleanChatForPid = on_clean_for, CleanChat = on_clean }

--- Takes the places of the functions: as early as can be, for a script that keeps one of them before is not heard. A
-- second time does nothing.
function M.attach()
  for name, note in pairs(HEARD) do
    overhear.calls(name, { after = function(...) if listener then note(...) end end })
  end
end

--- Has `heard.sent(pids, text)` told of every message and to whom, and `heard.cleared(pids)` of every window emptied.
function M.listen(heard)
  M.attach()
  listener = heard
end

return M
