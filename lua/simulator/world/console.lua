--- Console commands as the simulated client runs them. It echoes every command, known or not.
local actor_orders = require("simulator.world.actor_orders")
local reports = require("simulator.world.reports")
local travel = require("simulator.world.travel")

local M = {}

local ECHO_MS = 30

--- The words of a command without its `player->`; a quoted text is one word.
local function split(text)
  local result, rest = {}, text:gsub("^%s*[Pp]layer%s*%->%s*", "")
  while true do
    local word, after = rest:match('^[%s,]*"([^"]*)"(.*)$')
    if not word then
      word, after = rest:match("^[%s,]*([^%s,]+)(.*)$")
    end
    if not word then
      return result
    end
    table.insert(result, word)
    rest = after
  end
end

local function change_items(self, action, id, count)
  reports.inventory(self, action, id, math.max(math.floor(tonumber(count) or 1), 1))
end

local commands = {}

function commands.additem(self, id, count)
  change_items(self, reports.ADD, id, count)
end

function commands.removeitem(self, id, count)
  change_items(self, reports.REMOVE, id, count)
end

function commands.journal(self, quest, index)
  reports.journal(self, quest, math.floor(tonumber(index) or 0))
end

function commands.coc(self, cell)
  travel.cell(self, { cell = cell })
end

--- Below rank 0 a player is no member.
function commands.pclowerrank(self, faction)
  local known = self.factions[faction:lower()]
  if known and known.rank then
    known.rank = known.rank - 1
    if known.rank < 0 then self.factions[faction:lower()] = nil end
  end
end

local function set_health(self, value)
  self:set_health(tonumber(value) or 0)
end

commands.sethealth = set_health
commands.setcurrenthealth = set_health

local function echo(self, packet)
  local received = self.world.server.empty_list()
  received.command, received.cell, received.entries = packet.command, packet.cell, packet.entries
  self.world.server.received.objects = received
  self:fire("OnConsoleCommand", packet.cell)
end

local function is_about_players(packet)
  return packet.entries[1] and packet.entries[1].pid ~= nil
end

local function run(self, packet)
  self:remember("console", packet.command)
  local words = split(packet.command)
  if not is_about_players(packet) then
    actor_orders.run_console(self, packet, words)
    return echo(self, packet)
  end
  local command = commands[(words[1] or ""):lower()]
  if command and words[2] then
    command(self, words[2], words[3])
  end
  echo(self, packet)
end

--- A command that the server asks for.
function M.receive(self, packet)
  self:after(ECHO_MS, function() run(self, packet) end)
end

return M
