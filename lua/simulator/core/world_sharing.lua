--- WorldInstance's packets of shared data: kills, script variables, destinations and the map.
local M = {}

function M:GetCurrentMpNum()
  return self.coreVariables.currentMpNum
end

function M:SetCurrentMpNum(number)
  self.coreVariables.currentMpNum = number
end

function M:LoadKills(pid, forEveryone)
  tes3mp.ClearKillChanges()
  for refId, number in pairs(self.data.kills) do
    tes3mp.AddKill(refId, number)
  end
  tes3mp.SendWorldKillCount(pid, forEveryone)
end

function M:SaveClientScriptGlobal(variables)
  self.data.clientVariables = self.data.clientVariables or {}
  self.data.clientVariables.globals = self.data.clientVariables.globals or {}
  for id, variable in pairs(variables) do
    self.data.clientVariables.globals[id] = variable
  end
  self:QuicksaveToDrive()
end

local function add_global(id, variable)
  if variable.variableType == enumerations.variableType.FLOAT then
    tes3mp.AddClientGlobalFloat(id, variable.floatValue)
  else
    tes3mp.AddClientGlobalInteger(id, variable.intValue, variable.variableType)
  end
end

function M:LoadClientScriptVariables(pid)
  tes3mp.ClearClientGlobals()
  local globals = (self.data.clientVariables or {}).globals or {}
  for id, variable in pairs(globals) do
    add_global(id, variable)
  end
  if next(globals) ~= nil then
    tes3mp.SendClientScriptGlobal(pid)
  end
end

function M:LoadDestinationOverrides(pid)
  tes3mp.ClearDestinationOverrides()
  for from, to in pairs(self.data.destinationOverrides) do
    tes3mp.AddDestinationOverride(from, to)
  end
  if next(self.data.destinationOverrides) ~= nil then
    tes3mp.SendWorldDestinationOverride(pid)
  end
end

return M
