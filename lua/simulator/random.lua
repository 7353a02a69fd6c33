--- A seeded random generator, independent of scripts' use of math.random.
local M = {}
M.__index = M

local MULTIPLIER = 16807
local MODULUS = 2147483647

function M.new(seed)
  local state = math.floor(tonumber(seed) or 1) % MODULUS
  local generator = setmetatable({ state = state == 0 and MODULUS - 1 or state }, M)
  generator:next() -- small seeds give small first numbers
  return generator
end

--- A number in [0, 1).
function M:next()
  self.state = self.state * MULTIPLIER % MODULUS
  return (self.state - 1) / (MODULUS - 1)
end

function M:between(low, high)
  return low + (high - low) * self:next()
end

function M:integer(low, high)
  return low + math.floor((high - low + 1) * self:next())
end

function M:pick(list)
  return list[self:integer(1, #list)]
end

return M
