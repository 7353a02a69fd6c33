--- A player's scale, werewolf form and creature form.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")

local M = {}

--- Changes the saved shape of a player, which its loader then sends; nil and an error if the save is damaged.
local function reshape(pid, changes)
  local owner = corescripts.player(pid)
  if owner.data.shapeshift == nil then owner.data.shapeshift = {} end
  if not corescripts.is_loadable(owner, "shapeshift") then
    return errors.refuse("game_refused", "the player's saved shape is damaged; nothing was changed")
  end
  for field, value in pairs(changes) do owner.data.shapeshift[field] = value end
  owner:LoadShapeshift()
  owner:QuicksaveToDrive()
  return true
end

function M.set_scale(pid, values)
  local done, wrong = reshape(pid, { scale = values.scale })
  if not done then return nil, wrong end
  return { scale = values.scale }
end

function M.set_werewolf(pid, values)
  local done, wrong = reshape(pid, { isWerewolf = values.werewolf })
  if not done then return nil, wrong end
  return { werewolf = values.werewolf }
end

function M.set_creature(pid, values)
  local creature = values.creature or ""
  local done, wrong = reshape(pid, { creatureRefId = creature, displayCreatureName = values.show_name })
  if not done then return nil, wrong end
  return { creature = creature, show_name = values.show_name }
end

return M
