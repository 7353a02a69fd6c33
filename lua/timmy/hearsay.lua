--- What is said to everybody on the server, and since when each player has been there to hear it.
local clock = require("timmy.clock")
local hooks = require("timmy.hooks")
local players = require("timmy.players")
local utf8 = require("timmy.utf8")

local M = {}

--- Lines kept: a page of the chat window and a little more.
local MOST_LINES = 50
--- How much of a line is passed on, in bytes: players type less, and a client may send any length.
local LONGEST_LINE = 1024
--- CoreScripts' sign of a chat command.
local COMMAND_SIGN = "/"

local lines, said, heard_from = {}, 0, {}

--- Whether a line was said to others: not a command, and not kept back by a script from all other scripts.
function M.is_said(status, text)
  if type(text) ~= "string" or text:sub(1, 1) == COMMAND_SIGN then return false end
  return type(status) ~= "table" or status.validCustomHandlers ~= false
end

--- A line as it is passed on.
function M.shortened(text)
  return #text > LONGEST_LINE and utf8.repair(text:sub(1, LONGEST_LINE)) or text
end

local function note(pid, name, text)
  said = said + 1
  lines[#lines + 1] = { number = said, line = { player = name, pid = pid, text = M.shortened(text),
    now = clock.to_ms(clock.now()) } }
  if #lines > MOST_LINES then table.remove(lines, 1) end
end

--- The lines that a player was there to hear, oldest first. Each is the same table every time: read it only.
function M.of(pid)
  local since, heard = heard_from[pid] or 0, {}
  for _, entry in ipairs(lines) do
    if entry.number > since then heard[#heard + 1] = entry.line end
  end
  return heard
end

--- Listens from now on, with nothing heard before.
function M.install()
  lines, said, heard_from = {}, 0, {}
  hooks.hear("OnPlayerAuthentified", function(_, pid) heard_from[pid] = said end)
  hooks.hear("OnPlayerSendMessage", function(status, pid, text)
    local name = players.name(pid)
    if name and M.is_said(status, text) then note(pid, name, text) end
  end)
end

return M
