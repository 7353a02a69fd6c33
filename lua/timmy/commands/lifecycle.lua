--- Jail, resurrection and kicks.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local players = require("timmy.state.players")

local M = {}

function M.jail(pid, values)
  local message = values.text or ("You have served " .. values.days .. " days.")
  guard.Jail(pid, values.days, values.stay, values.keep_skills, "In jail", message .. "\n")
  return { days = values.days }
end

local TYPES = { here = "REGULAR", imperial_shrine = "IMPERIAL_SHRINE", tribunal_temple = "TRIBUNAL_TEMPLE" }

--- Cancels CoreScripts' own revival, which would happen after the death time, and elsewhere.
local function forget_death(dead)
  local timer = dead.resurrectTimerId
  if numbers.is_whole(timer, 0) then guard.StopTimer(timer) end
  local shape = dead.data.shapeshift
  if type(shape) == "table" and shape.isWerewolf then dead:SetWerewolfState(false) end
end

function M.resurrect(pid, values)
  if guard.GetHealthCurrent(pid) > 0 then return errors.refuse("game_refused", "the player is not dead", "player") end
  forget_death(corescripts.player(pid))
  guard.Resurrect(pid, _G.enumerations.resurrect[TYPES[values.at]])
  return { at = values.at }
end

--- Uses the server's own function, not CoreScripts' function of the same name, which logs the player out first: a
-- logged-out player is not saved.
function M.kick(_, values)
  local pid = players.slot_of(values.player)
  if not pid then return nil, players.absent(values.player) end
  if values.reason then guard.SendMessage(pid, values.reason .. "\n", false, false) end
  guard.Kick(pid)
  return { kicked = true }
end

return M
