--- A player's visible state, as the player and others see it.
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")

local M = {}

--- The server's numbers for a drawn weapon or spell (CoreScripts' `enumerations.drawstate`).
local DRAWN = { [0] = "nothing", "weapon", "spell" }

--- The current and the greatest health of a logged-in player.
function M.health(pid)
  return numbers.finite(guard.GetHealthCurrent(pid)) + 0, numbers.finite(guard.GetHealthBase(pid)) + 0
end

--- Whether a player of this health is dead: a client dies with less than one point.
function M.is_dead(current, base)
  return base > 0 and current < 1
end

--- What a logged-in player has drawn, and whether it sneaks.
function M.stance(pid)
  return DRAWN[guard.GetDrawState(pid)] or "nothing", guard.GetSneakState(pid)
end

--- { dead, drawn, sneaking, werewolf } of a logged-in player.
function M.of(pid)
  local drawn, sneaking = M.stance(pid)
  return { dead = M.is_dead(M.health(pid)), drawn = drawn, sneaking = sneaking, werewolf = guard.IsWerewolf(pid) }
end

return M
