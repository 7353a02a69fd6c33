--- What befalls a player: jail, a return from the dead, the door.
local corescripts = require("timmy.game.corescripts")
local game = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local refuse = require("timmy.commands.refusal")
local schema = require("timmy.wire.checks")

local player = { name = "player", check = schema.name }

local jail = { name = "jail" }

jail.fields = {
  player,
  { name = "days", check = schema.integer(1, 365) },
  { name = "stay", check = schema.boolean, default = false },
  { name = "keep_skills", check = schema.boolean, default = false },
  { name = "text", check = schema.text, optional = true },
}

function jail.run(pid, values)
  local told = values.text or ("You have served " .. values.days .. " days.")
  game.Jail(pid, values.days, values.stay, values.keep_skills, "In jail", told .. "\n")
  return { days = values.days }
end

local resurrect = { name = "resurrect" }

resurrect.fields = {
  player,
  { name = "at", check = schema.one_of("here", "imperial_shrine", "tribunal_temple"), default = "here" },
}

local TYPES = { here = "REGULAR", imperial_shrine = "IMPERIAL_SHRINE", tribunal_temple = "TRIBUNAL_TEMPLE" }

--- CoreScripts would revive the player again, and elsewhere, when its time of death is over.
local function forget_death(dead)
  local timer = dead.resurrectTimerId
  if numbers.is_whole(timer, 0) then game.StopTimer(timer) end
  local shape = dead.data.shapeshift
  if type(shape) == "table" and shape.isWerewolf then dead:SetWerewolfState(false) end
end

function resurrect.run(pid, values)
  if game.GetHealthCurrent(pid) > 0 then return refuse("game_refused", "the player is not dead", "player") end
  forget_death(corescripts.player(pid))
  game.Resurrect(pid, _G.enumerations.resurrect[TYPES[values.at]])
  return { at = values.at }
end

local kick = { name = "kick", fields = { player, { name = "reason", check = schema.text, optional = true } } }

--- The server's own function, not CoreScripts' of the same name: that one logs the player out first, and who is logged
-- out is not saved.
function kick.run(pid, values)
  if values.reason then game.SendMessage(pid, values.reason .. "\n", false, false) end
  game.Kick(pid)
  return { kicked = true }
end

return { jail, resurrect, kick }
