--- Settings of a player's client. Without a value: the server's default.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local saved = require("timmy.game.saved")

local M = {}

--- CoreScripts' setters and the operator's defaults.
local PERMISSIONS = {
  console = { set = "SetConsoleAllowed", default = "allowConsole" },
  bed_rest = { set = "SetBedRestAllowed", default = "allowBedRest" },
  wilderness_rest = { set = "SetWildernessRestAllowed", default = "allowWildernessRest" },
  wait = { set = "SetWaitAllowed", default = "allowWait" },
}

local NUMBERS = {
  difficulty = { set = "SetDifficulty", default = "difficulty", low = -100, high = 100 },
  physics_framerate = { set = "SetPhysicsFramerate", default = "physicsFramerate", low = 10, high = 1000 },
  log_level = { set = "SetEnforcedLogLevel", default = "enforcedLogLevel", low = -1, high = 4 },
}

--- Sets a player's value, or the operator's default; nil and an error if the default can't be sent.
local function set(pid, setting, value, is_sound)
  local owner = corescripts.player(pid)
  local kept, damaged = saved.table_of(owner, "settings")
  if not kept then return nil, damaged end
  if value == nil and not is_sound(corescripts.setting(setting.default)) then
    return errors.refuse("game_refused", "this server's configuration has no usable " .. setting.default)
  end
  if value == nil then value = "default" end
  owner[setting.set](owner, value)
  guard.SendSettings(pid, false, false)
  owner:QuicksaveToDrive()
  return true
end

function M.set_permission(pid, values)
  local function is_sound(value) return type(value) == "boolean" end
  local done, wrong = set(pid, PERMISSIONS[values.permission], values.allowed, is_sound)
  if not done then return nil, wrong end
  local allowed = values.allowed
  if allowed == nil then allowed = json.null end
  return { permission = values.permission, allowed = allowed }
end

function M.set_client_setting(pid, values)
  local setting = NUMBERS[values.setting]
  local function is_sound(value) return numbers.is_whole(value, setting.low, setting.high) end
  if values.value ~= nil and not is_sound(values.value) then
    local message = ("value: must be between %d and %d for this setting"):format(setting.low, setting.high)
    return errors.refuse("bad_arguments", message, "value")
  end
  local done, wrong = set(pid, setting, values.value, is_sound)
  if not done then return nil, wrong end
  return { setting = values.setting, value = values.value or json.null }
end

return M
