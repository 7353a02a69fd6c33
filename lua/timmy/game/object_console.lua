--- Console commands that a client runs on an actor, for actions that no function of the server performs.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")

local M = {}

local function count(list)
  local total = 0
  for _ in pairs(list) do total = total + 1 end
  return total
end

--- Runs a command on an actor through the client that simulates it; returns an error, or nil.
--
-- The client echoes every command, and CoreScripts kick it for one that they did not expect. Those of the 0.8.1 release
-- do not register commands on objects; newer ones do. So the bridge registers the command only if CoreScripts did not.
function M.run(actor, command)
  local player = corescripts.player(actor.authority)
  if not player or not corescripts.takes_console_commands(player) then
    return errors.new("game_refused", "the client that moves the actor has not arrived in a cell yet; try again")
  end
  local queue = player.consoleCommandsQueued
  local before = count(queue)
  local cell = actor.cell.description
  _G.logicHandler.RunConsoleCommandOnObject(actor.authority, command, cell, actor.unique_index, false)
  if count(queue) == before then table.insert(queue, command) end
  return nil
end

return M
