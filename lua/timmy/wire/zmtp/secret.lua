--- Comparison in constant time.
local bit = require("bit")

--- Whether `candidate` equals `secret`; the time depends only on the length of the secret.
return function(secret, candidate)
  local difference = bit.bxor(#secret, #candidate)
  for index = 1, #secret do
    local theirs = candidate:byte((index - 1) % math.max(#candidate, 1) + 1) or 0
    difference = bit.bor(difference, bit.bxor(secret:byte(index), theirs))
  end
  return difference == 0
end
