--- A player's visible state, as the player and others see it.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")

local M = {}

--- The server's numbers for a drawn weapon or spell (CoreScripts' `enumerations.drawstate`).
local DRAWN = { [0] = "nothing", "weapon", "spell" }

--- How old the greatest health may be, in seconds, unless a fresh look is wanted: it changes with the level.
M.BASE_KEEPS_S = 0.5

--- What was read last of each slot: several sections of one push want it.
local latest = {}

--- The current and the greatest health of a logged-in player. `options` as for a section: unless a fresh look is
-- wanted, the current one is read once for each moment `now`.
function M.health(pid, options)
  local read, player, now = latest[pid], corescripts.player(pid), options.now
  if not read or read.player ~= player then
    read = { player = player, based_at = -math.huge }
    latest[pid] = read
  end
  if options.fresh or read.based_at < now - M.BASE_KEEPS_S then
    read.base, read.based_at = numbers.finite(guard.GetHealthBase(pid)), now
  end
  if options.fresh or read.now ~= now then read.current, read.now = numbers.finite(guard.GetHealthCurrent(pid)), now end
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
