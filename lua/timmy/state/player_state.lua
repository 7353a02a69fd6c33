--- A player's visible state, as the player and others see it.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")

local M = {}

--- The server's numbers for a drawn weapon or spell (CoreScripts' `enumerations.drawstate`).
local DRAWN = { [0] = "nothing", "weapon", "spell" }

--- What was read last of each slot: several sections of one push want it.
local latest = {}

--- The current and the greatest health of a logged-in player. `options` as for a section: unless a fresh look is
-- wanted, both are read once for each moment `now`.
function M.health(pid, options)
  local read = latest[pid]
  if not read then
    read = {}
    latest[pid] = read
  end
  local player = corescripts.player(pid)
  if options.fresh or read.now ~= options.now or read.player ~= player then
    read.now, read.player = options.now, player
    read.current, read.base = numbers.finite(guard.GetHealthCurrent(pid)), numbers.finite(guard.GetHealthBase(pid))
  end
  return read.current, read.base
end

--- Whether a player of this health is dead: a client dies with less than one point.
function M.is_dead(current, base)
  return base > 0 and current < 1
end

--- What a logged-in player has drawn, and whether it sneaks.
function M.stance(pid)
  return DRAWN[guard.GetDrawState(pid)] or "nothing", guard.GetSneakState(pid)
end

--- { dead, drawn, sneaking, werewolf } of a logged-in player; `options` as for a section.
function M.of(pid, options)
  local dead, drawn, sneaking = M.is_dead(M.health(pid, options)), M.stance(pid)
  return { dead = dead, drawn = drawn, sneaking = sneaking, werewolf = guard.IsWerewolf(pid) }
end

return M
