--- An answer that somebody gives later: what a command returns when a player has to say something first.
local Deferred = {}
Deferred.__index = Deferred

local M = {}

function M.new()
  return setmetatable({ is_settled = false }, Deferred)
end

--- Whether a command's value is one of these, and not yet the value.
function M.is(value)
  return getmetatable(value) == Deferred
end

--- Gives the answer: a value, or nil and the error. The first one counts.
function Deferred:settle(value, err)
  if self.is_settled then return end
  self.is_settled, self.value, self.error = true, value, err
end

return M
