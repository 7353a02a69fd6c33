--- A player's visible state, as the player and others see it.
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")

--- The server's numbers for a drawn weapon or spell (CoreScripts' `enumerations.drawstate`).
local DRAWN = { [0] = "nothing", "weapon", "spell" }

--- { dead, drawn, sneaking, werewolf } of a logged-in player. A client dies with less than one point of health.
return function(pid)
  return {
    dead = numbers.finite(guard.GetHealthBase(pid)) > 0 and numbers.finite(guard.GetHealthCurrent(pid)) < 1,
    drawn = DRAWN[guard.GetDrawState(pid)] or "nothing",
    sneaking = guard.GetSneakState(pid),
    werewolf = guard.IsWerewolf(pid),
  }
end
