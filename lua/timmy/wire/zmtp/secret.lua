--- Comparison in constant time.
local bit = require("bit")

--- Whether `given` equals `secret`; the time depends only on the length of the secret.
return function(secret, given)
  local difference = bit.bxor(#secret, #given)
  for index = 1, #secret do
    local theirs = given:byte((index - 1) % math.max(#given, 1) + 1) or 0
    difference = bit.bor(difference, bit.bxor(secret:byte(index), theirs))
  end
  return difference == 0
end
