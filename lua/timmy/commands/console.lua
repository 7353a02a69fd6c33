--- Runs a console command on a player's client, unchanged. Only if the operator has set `allow_raw`.
local checks = require("timmy.wire.checks")
local corescripts = require("timmy.game.corescripts")

local M = { name = "console" }

M.fields = {
  { name = "player", check = checks.name },
  { name = "text", check = checks.text },
}

--- Checked before everything else about the command, so that a server without console commands always gives the same
-- answer.
function M.permitted(context)
  if context.allow_raw then return true end
  return false, "console commands are off here; the operator can set allow_raw (in timmy_config, or for the embedded"
    .. " world under [world] in timmy.toml), and the client's token needs the scope raw"
end

--- Whether the player has a cell, which the command is sent with.
function M.available(pid)
  if corescripts.takes_console_commands(corescripts.player(pid)) then return true end
  return nil, { code = "game_refused", message = "the player has not arrived in a cell yet; try again" }
end

function M.run(pid, values)
  local possible, err = M.available(pid)
  if not possible then return nil, err end
  _G.logicHandler.RunConsoleCommandOnPlayer(pid, values.text, false)
  return { text = values.text }
end

return { M }
