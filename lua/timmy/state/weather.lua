--- Weather by its numbers.
local declarations = require("timmy.wire.declarations")

local M = {}

--- CoreScripts' `enumerations.weather` in lower case.
M.NAMES = {}
for position, name in ipairs(declarations.WEATHER) do M.NAMES[position - 1] = name end

return M
