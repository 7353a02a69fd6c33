--- Settings of a player's client: Players[pid]'s Set* methods, each with the server's default for "default".
local M = {}

--- Setter, key of data.settings, key of config.
local SETTINGS = {
  { name = "Difficulty", saved = "difficulty", default = "difficulty" },
  { name = "ConsoleAllowed", saved = "consoleAllowed", default = "allowConsole" },
  { name = "BedRestAllowed", saved = "bedRestAllowed", default = "allowBedRest" },
  { name = "WildernessRestAllowed", saved = "wildernessRestAllowed", default = "allowWildernessRest" },
  { name = "WaitAllowed", saved = "waitAllowed", default = "allowWait" },
  { name = "EnforcedLogLevel", saved = "enforcedLogLevel", default = "enforcedLogLevel" },
  { name = "PhysicsFramerate", saved = "physicsFramerate", default = "physicsFramerate" },
}

for _, setting in ipairs(SETTINGS) do
  M["Set" .. setting.name] = function(self, value)
    if value == nil or value == "default" then
      value, self.data.settings[setting.saved] = config[setting.default], "default"
    else
      self.data.settings[setting.saved] = value
    end
    tes3mp["Set" .. setting.name](self.pid, value)
  end
end

function M:LoadSettings()
  for _, setting in ipairs(SETTINGS) do
    self["Set" .. setting.name](self, self.data.settings[setting.saved])
  end
  tes3mp.ClearGameSettingValues(self.pid)
  tes3mp.ClearVRSettingValues(self.pid)
  tes3mp.SendSettings(self.pid)
end

return M
