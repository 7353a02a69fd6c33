--- Comparison that takes the same time whatever the first difference is.
local bit = require("bit")

--- Whether `given` is `secret`; the time depends on the length of the secret alone.
return function(secret, given)
  local difference = bit.bxor(#secret, #given)
  for index = 1, #secret do
    local theirs = given:byte((index - 1) % math.max(#given, 1) + 1) or 0
    difference = bit.bor(difference, bit.bxor(secret:byte(index), theirs))
  end
  return difference == 0
end
