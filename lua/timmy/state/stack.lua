--- A stack of items as the wire says it.
local numbers = require("timmy.wire.numbers")

local UNTOUCHED = -1

--- Whether CoreScripts' table describes a stack that exists: an id, and at least one of it.
local function exists(item)
  return type(item) == "table" and type(item.refId) == "string" and item.refId ~= "" and numbers.is_finite(item.count)
    and item.count >= 1
end

--- The wire's words for an item of CoreScripts' tables; nil where there is none.
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
