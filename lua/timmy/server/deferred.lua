--- A deferred answer: the value of a command that waits for a player's reply.
local Deferred = {}
Deferred.__index = Deferred

local M = {}

function M.new()
  return setmetatable({ is_settled = false }, Deferred)
end

--- Whether a command's value is a deferred answer.
function M.is(value)
  return getmetatable(value) == Deferred
end

--- Settles the answer: a value, or nil and the error. Only the first call counts.
function Deferred:settle(value, err)
  if self.is_settled then return end
  self.is_settled, self.value, self.error = true, value, err
end

return M
