--- Game time in ms: it follows the real clock, stands still while the world is frozen, and then moves on by steps only.
local GameTime = {}
GameTime.__index = GameTime

local M = {}

--- real(): the real clock in ms. Game time starts with its value.
function M.new(real)
  local started = real()
  return setmetatable({
    real = real, started = started, followed = started, current = started, moved = 0, steps = 0,
    reported = { game_ms = 0, real_ms = 0, steps = 0 },
  }, GameTime)
end

--- The game time now.
function GameTime:now()
  local real = self.real()
  if not self.frozen_by then self.current = self.current + real - self.followed end
  self.followed = real
  return self.current
end

--- A clock for what goes on in a frozen world: it never stands still, and moves with the steps too.
function GameTime:unfrozen()
  return self.real() + self.moved
end

--- Freezes the world; `by` names who did. A frozen world stays frozen by the first.
function GameTime:freeze(by)
  self:now()
  self.frozen_by = self.frozen_by or by
end

function GameTime:thaw()
  self:now()
  self.frozen_by = nil
end

--- Moves a frozen world's time on.
function GameTime:move(ms)
  self.current, self.moved = self.current + ms, self.moved + ms
end

function GameTime:count_step()
  self.steps = self.steps + 1
end

local function totals(self)
  return { game_ms = math.floor(self:now() - self.started), real_ms = math.floor(self.real() - self.started),
    steps = self.steps }
end

--- The totals since the start, and in `passed` what has passed since the report before.
function GameTime:report()
  local report, before = totals(self), self.reported
  self.reported = { game_ms = report.game_ms, real_ms = report.real_ms, steps = report.steps }
  report.frozen_by = self.frozen_by
  report.passed = { game_ms = report.game_ms - before.game_ms, real_ms = report.real_ms - before.real_ms,
    steps = report.steps - before.steps }
  return report
end

return M
