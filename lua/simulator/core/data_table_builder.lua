--- dataTableBuilder: the tables that logicHandler's verbs take.
local M = {}

function M.BuildAIData(targetPid, targetUniqueIndex, action, posX, posY, posZ, distance, duration, shouldRepeat)
  local ai = { action = action, posX = posX, posY = posY, posZ = posZ, distance = distance, duration = duration,
    shouldRepeat = shouldRepeat }
  if targetPid ~= nil then
    ai.targetPlayer = Players[targetPid].accountName
  else
    ai.targetUniqueIndex = targetUniqueIndex
  end
  return ai
end

function M.BuildObjectData(refId, count, charge, enchantmentCharge, soul)
  return { refId = refId, count = count or 1, charge = charge or -1, enchantmentCharge = enchantmentCharge or -1,
    soul = soul or "" }
end

return M
