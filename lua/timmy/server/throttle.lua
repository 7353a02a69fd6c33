--- Log lines that somebody else can cause, at a bearable rate: a stranger must not fill the disk.
local M = {}

local LINES, WINDOW_S = 10, 10

local function new_window(now)
  return { since = now, lines = 0, dropped = 0 }
end

--- The window a level is in; the one before says how many lines it left out.
local function window_of(windows, level, log, now)
  local window = windows[level]
  if window and now - window.since < WINDOW_S then return window end
  if window and window.dropped > 0 then
    log(level, "timmy: " .. window.dropped .. " lines like the ones before were left out")
  end
  windows[level] = new_window(now)
  return windows[level]
end

--- Wraps `log(level, text)`: of each level ten lines in ten seconds, then silence, then how many were left out. What a
-- stranger's connections say is no error, so no number of them hides one.
function M.new(log, now)
  local windows = {}
  return function(level, text)
    local window = window_of(windows, level, log, now())
    window.lines = window.lines + 1
    if window.lines > LINES then
      window.dropped = window.dropped + 1
    else
      log(level, text)
    end
  end
end

return M
