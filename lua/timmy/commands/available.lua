--- What a player's state must allow before some commands can be given, whatever their arguments: by command, a function
-- of the player's slot and a context (see timmy.commands.registry). It returns something true, or nil and the error
-- that the command would return.
local cache = require("timmy.game.cache")
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

--- Whether an inventory is usable. It may be long: it is looked at again when anything in it has changed.
local is_sound = cache.of_content(corescripts.is_sound_inventory)

function M.give_item(pid, context)
  local player = corescripts.player(pid)
  local inventory = player.data.inventory
  if type(inventory) == "table" and is_sound(player, inventory, context) then return true end
  return items.inventory_of(player)
end

M.take_item = M.give_item

for verb in pairs(input_commands) do
  M[verb] = function(pid)
    local why = client_input.objection(pid, verb)
    if why then return errors.refuse("game_refused", why) end
    return true
  end
end

return M
