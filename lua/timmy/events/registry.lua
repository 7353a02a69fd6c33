--- Events of the game, from CoreScripts' hooks.
--
-- A hook that raises an error ends the server, and its return value affects other scripts: so every handler is
-- protected and returns nothing. `OnGUIAction` is never sent: it carries password hashes.
local chat_log = require("timmy.state.chat_log")
local hooks = require("timmy.game.hooks")
local json = require("timmy.wire.json")
local players = require("timmy.state.players")

local M = {}

--- One file for each topic; each returns a list of sources: { event =, hook =, counts = ?, read = }. `counts(status,
-- ...)` says whether the event happened; `read(pid, ...)` returns the event's data in the form of its model.
local ABOUT_PLAYERS = {
  require("timmy.events.players"),
  require("timmy.events.character"),
  require("timmy.events.knowledge"),
}
--- Events from the player whose client simulates a cell: they say nothing about that player.
local AROUND_PLAYERS = {
  require("timmy.events.actors"),
  require("timmy.events.objects"),
  require("timmy.events.world"),
}

--- Every event except `disconnect`, which uses two hooks, `chat`, which has none, and `joining`, whose player is not
-- logged in.
local function each_source(act)
  for _, topics in ipairs({ ABOUT_PLAYERS, AROUND_PLAYERS }) do
    for _, topic in ipairs(topics) do
      for _, source in ipairs(topic) do act(source, topics == ABOUT_PLAYERS) end
    end
  end
end

--- The hook behind each event.
M.hooks = { disconnect = "OnPlayerDisconnect", chat = "OnPlayerSendMessage", joining = "OnPlayerConnect" }
each_source(function(source) M.hooks[source.event] = source.hook end)

--- The names of all events, sorted.
M.names = {}
for event in pairs(M.hooks) do M.names[#M.names + 1] = event end
table.sort(M.names)

local function listen(source, touches, listener)
  hooks.hear(source.hook, function(status, pid, ...)
    local name = players.name(pid)
    if not name or (source.counts and not source.counts(status, ...)) then return end
    if touches then listener.happened(pid) end
    if listener.wants(source.event) then listener.emit(source.event, pid, name, source.read(pid, ...)) end
  end)
end

--- In older CoreScripts a player is removed from `Players` before the handlers run, so its name is read in a validator,
-- which runs before that in all versions.
local function listen_for_leaving(listener)
  local leaving = {}
  _G.customEventHooks.registerValidator("OnPlayerDisconnect", hooks.protected("OnPlayerDisconnect", function(_, pid)
    leaving[pid] = players.name(pid)
  end))
  hooks.hear("OnPlayerDisconnect", function(_, pid)
    local name = leaving[pid]
    leaving[pid] = nil
    if name then listener.emit("disconnect", pid, name, json.object({})) end
  end)
end

local function listen_for_joining(listener)
  hooks.hear("OnPlayerConnect", function(_, pid)
    for _, player in ipairs(players.connected()) do
      if player.pid == pid then listener.emit("joining", pid, player.name, json.object({})) end
    end
  end)
end

--- A line in a player's chat window is an event of that player, whoever wrote it.
local function listen_to_chat(listener)
  chat_log.tell(function(pid, line)
    local name = listener.wants("chat") and players.name(pid)
    if not name then return end
    listener.emit("chat", pid, name, { text = line.text, speaker = line.player, speaker_pid = line.pid })
  end)
end

--- Starts forwarding events. `listener.happened(pid)` is called for every event of a player; then, if
-- `listener.wants(event)`, `listener.emit(event, pid, player_name, data)`.
function M.install(listener)
  each_source(function(source, touches) listen(source, touches, listener) end)
  listen_for_joining(listener)
  listen_for_leaving(listener)
  listen_to_chat(listener)
end

return M
