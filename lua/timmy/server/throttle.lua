--- Limits the rate of log lines that others can cause, so that they can't fill the disk.
local M = {}

local LINES, WINDOW_S = 10, 10

local function new_window(now)
  return { since = now, lines = 0, dropped = 0 }
end

--- The current window of a level; logs how many lines the one before it left out.
local function window_of(windows, level, log, now)
  local window = windows[level]
  if window and now - window.since < WINDOW_S then return window end
  if window and window.dropped > 0 then
    log(level, "timmy: " .. window.dropped .. " lines like the ones before were left out")
  end
  windows[level] = new_window(now)
  return windows[level]
end

--- Wraps `log(level, text)`: at most ten lines of a level in ten seconds, then the number of lines left out. Lines that
-- strangers cause have a level below error, so they can't hide an error.
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
