--- A stack of items as sent on the wire.
local numbers = require("timmy.wire.numbers")

local UNTOUCHED = -1

--- Whether CoreScripts' table is a valid stack: an id, and a count of at least one.
local function exists(item)
  return type(item) == "table" and type(item.refId) == "string" and item.refId ~= "" and numbers.is_finite(item.count)
    and item.count >= 1
end

--- An item of CoreScripts' tables as sent on the wire; nil if there is none.
return function(item)
  if not exists(item) then return nil end
  return {
    ref_id = item.refId,
    count = math.floor(item.count),
    charge = numbers.finite(item.charge, UNTOUCHED),
    enchantment_charge = numbers.finite(item.enchantmentCharge, UNTOUCHED),
    soul = type(item.soul) == "string" and item.soul or "",
  }
end
