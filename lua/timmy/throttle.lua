--- Log lines that somebody else can cause, at a bearable rate: a stranger must not fill the disk.
local M = {}

local LINES, WINDOW_S = 10, 10

--- Wraps `log(level, text)`: ten lines in ten seconds, then silence, then how many were left out.
function M.new(log, now)
  local window, lines, dropped = now(), 0, 0
  return function(level, text)
    if now() - window >= WINDOW_S then
      if dropped > 0 then log("warn", "timmy: " .. dropped .. " lines like the ones before were left out") end
      window, lines, dropped = now(), 0, 0
    end
    lines = lines + 1
    if lines > LINES then
      dropped = dropped + 1
    else
      log(level, text)
    end
  end
end

return M
