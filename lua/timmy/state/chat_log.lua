--- The contents of each player's chat window: every line that the server sent to it, whatever script sent it.
local chat_event = require("timmy.game.chat_event")
local chat_sent = require("timmy.game.chat_sent")
local chat_text = require("timmy.state.chat_text")
local clock = require("timmy.server.clock")
local corescripts = require("timmy.game.corescripts")
local hooks = require("timmy.game.hooks")
local json = require("timmy.wire.json")
local players = require("timmy.state.players")

local M = {}

--- The number of lines kept for each window: slightly more than a page.
local MOST_LINES = 50

--- Windows by CoreScripts' table of their player: a new one is created for each player who joins, before anything is
-- sent to it.
local windows = setmetatable({}, { __mode = "k" })
--- The listener for each line, and the set of slots whose windows are being recorded.
local on_line, counted

local function window_of(pid)
  local player = corescripts.global("Players")[pid]
  if type(player) ~= "table" then return nil end
  windows[player] = windows[player] or { lines = {} }
  return windows[player]
end

local function show(pid, line)
  local window = window_of(pid)
  if not window then return end
  window.lines[#window.lines + 1], window.fragment = line, nil
  if #window.lines > MOST_LINES then table.remove(window.lines, 1) end
  if counted then counted[pid] = true end
  if on_line then on_line(pid, line) end
end

--- The speaker of a line: the player whose message was being handled when the line was sent, if the line contains that
-- player's name. An answer to a chat command has no speaker.
local function speaker_of(text)
  local pid = chat_event.speaker()
  local name = pid and players.name(pid)
  if name and text:find(name, 1, true) then return name, pid end
end

local function on_sent(pids, message)
  local now = clock.to_ms(clock.now())
  for _, text in ipairs(chat_text.lines(message, MOST_LINES)) do
    local name, pid = speaker_of(text)
    local line = { player = name, pid = pid, text = text, now = now }
    for _, reader in ipairs(pids) do show(reader, line) end
  end
end

local function on_cleared(pids)
  for _, pid in ipairs(pids) do
    local window = window_of(pid)
    if window then window.lines, window.fragment = {}, nil end
  end
end

--- The lines of a player's window, oldest first, and their JSON as a cached fragment. Do not change them.
function M.of(pid)
  local window = window_of(pid) or { lines = {} }
  window.fragment = window.fragment or json.fragment(assert(json.encode({ lines = json.array(window.lines) })))
  return window.lines, window.fragment
end

--- Runs `act` and returns its results and the sorted names of the players whose windows it wrote to.
function M.count(act, ...)
  local before, readers, names = counted, {}, {}
  counted = readers
  local value, err = act(...)
  counted = before
  for pid in pairs(readers) do
    if before then before[pid] = true end
    names[#names + 1] = players.name(pid)
  end
  table.sort(names)
  return value, err, names
end

--- Calls `listener(pid, line)` for every line added to a window.
function M.tell(listener) on_line = hooks.protected("the chat window's listener", listener) end

--- Starts recording, with empty windows.
function M.install()
  windows, on_line, counted = setmetatable({}, { __mode = "k" }), nil, nil
  chat_event.install()
  chat_sent.listen({ sent = on_sent, cleared = on_cleared })
end

return M
