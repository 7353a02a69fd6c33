--- What the server sends to chat windows, whoever has it sent: CoreScripts, other scripts, the bridge itself.
--
-- Every line goes through `tes3mp.SendMessage`, so functions that stand in for it and its like hear them all. Each call
-- is passed on as it came; what goes wrong here is logged and never reaches the caller.
local corescripts = require("timmy.game.corescripts")
local game = require("timmy.game.guard")
local hooks = require("timmy.game.hooks")

local M = {}

--- The functions that stand in the places of the server's.
local ours = setmetatable({}, { __mode = "k" })
local listener

--- Whether the server has a player in that slot: to nobody else is anything sent. One that CoreScripts turned away at
-- the door has a name and no entry in `Players`.
local function is_there(pid)
  return corescripts.global("Players")[pid] ~= nil or game.GetName(pid) ~= ""
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

local function overhear(name, note)
  local call = tes3mp[name]
  if ours[call] then return end
  local noted = hooks.protected("tes3mp." .. name, note)
  local function pass_on(arguments, count, ...)
    if listener then noted(unpack(arguments, 1, count)) end
    return ...
  end
  local function stand_in(...) return pass_on({ ... }, select("#", ...), call(...)) end
  ours[stand_in] = true
  rawset(tes3mp, name, stand_in)
end

--- Takes the places of the functions: as early as can be, for a script that keeps one of them before is not heard. A
-- second time does nothing.
function M.attach()
  for name, note in pairs(HEARD) do overhear(name, note) end
end

--- Has `heard.sent(pids, text)` told of every message and to whom, and `heard.cleared(pids)` of every window emptied.
function M.listen(heard)
  M.attach()
  listener = heard
end

return M
