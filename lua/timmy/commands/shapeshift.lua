--- A player's scale, werewolf form and creature form.
local checks = require("timmy.wire.checks")
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")

local player = { name = "player", check = checks.name }

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

local set_scale = { name = "set_scale", fields = { player, { name = "scale", check = checks.number(0.1, 10) } } }

function set_scale.run(pid, values)
  local done, wrong = reshape(pid, { scale = values.scale })
  if not done then return nil, wrong end
  return { scale = values.scale }
end

local set_werewolf = { name = "set_werewolf", fields = { player, { name = "werewolf", check = checks.boolean } } }

function set_werewolf.run(pid, values)
  local done, wrong = reshape(pid, { isWerewolf = values.werewolf })
  if not done then return nil, wrong end
  return { werewolf = values.werewolf }
end

local set_creature = { name = "set_creature" }

set_creature.fields = {
  player,
  { name = "creature", check = checks.name, optional = true },
  { name = "show_name", check = checks.boolean, default = false },
}

function set_creature.run(pid, values)
  local creature = values.creature or ""
  local done, wrong = reshape(pid, { creatureRefId = creature, displayCreatureName = values.show_name })
  if not done then return nil, wrong end
  return { creature = creature, show_name = values.show_name }
end

return { set_scale, set_werewolf, set_creature }
