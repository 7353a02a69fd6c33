--- Weather by its numbers.
local M = {}

--- CoreScripts' `enumerations.weather` in lower case.
M.NAMES = {
  [0] = "clear", "cloudy", "foggy", "overcast", "rain", "thunder", "ash", "blight", "snow", "blizzard",
}

return M
