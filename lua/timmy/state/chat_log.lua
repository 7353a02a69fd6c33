--- What each player's chat window shows: every line that the server sent there, whoever had it sent.
local chat_event = require("timmy.game.chat_event")
local chat_sent = require("timmy.game.chat_sent")
local chat_text = require("timmy.state.chat_text")
local clock = require("timmy.server.clock")
local corescripts = require("timmy.game.corescripts")
local hooks = require("timmy.game.hooks")
local json = require("timmy.wire.json")
local players = require("timmy.state.players")

local M = {}

--- Lines kept of each window: a page of it and a little more.
local MOST_LINES = 50

--- Windows by CoreScripts' table of their player: that is made anew for each who comes, before anything is sent to it.
local windows = setmetatable({}, { __mode = "k" })
--- Who is told of each line, and the set of slots that are being counted up.
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

--- The player whose words a line has: whose message was being handled when the line was sent, where the line bears that
-- player's name. An answer to a chat command is nobody's.
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

--- The lines of a player's window, oldest first, and their JSON: a fragment that is made once. Read them only.
function M.of(pid)
  local window = window_of(pid) or { lines = {} }
  window.fragment = window.fragment or json.fragment(assert(json.encode({ lines = json.array(window.lines) })))
  return window.lines, window.fragment
end

--- Does something, and gives what that gave and the names of those whose windows it wrote into, by the alphabet.
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

--- Has `told(pid, line)` called for every line that comes into a window.
function M.tell(told) on_line = hooks.protected("the chat window's listener", told) end

--- Reads along from now on, with nothing read before.
function M.install()
  windows, on_line, counted = setmetatable({}, { __mode = "k" }), nil, nil
  chat_event.install()
  chat_sent.listen({ sent = on_sent, cleared = on_cleared })
end

return M
