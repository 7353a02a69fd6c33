--- What a player's state must allow before some commands can be given, whatever their arguments: by command, a function
-- of the player's slot. It returns something true, or nil and the error that the command would return.
local client_input = require("timmy.game.client_input")
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local input_commands = require("timmy.commands.client_input")
local items = require("timmy.state.items")

local M = {}

--- Console commands are sent with the player's cell.
function M.console(pid)
  if corescripts.takes_console_commands(corescripts.player(pid)) then return true end
  return errors.refuse("game_refused", "the player has not arrived in a cell yet; try again")
end

function M.give_item(pid) return items.inventory_of(corescripts.player(pid)) end

M.take_item = M.give_item

for verb in pairs(input_commands) do
  M[verb] = function(pid)
    local why = client_input.objection(pid, verb)
    if why then return errors.refuse("game_refused", why) end
    return true
  end
end

return M
