--- A client's settings: the server's copy is set piece by piece, then sent completely.
local FIELDS = { Difficulty = "difficulty", ConsoleAllowed = "console_allowed", BedRestAllowed = "bed_rest_allowed",
  WildernessRestAllowed = "wilderness_rest_allowed", WaitAllowed = "wait_allowed",
  EnforcedLogLevel = "enforced_log_level", PhysicsFramerate = "physics_framerate" }

local function copy(values)
  local copied = {}
  for name, value in pairs(values) do copied[name] = value end
  return copied
end

local function pairs_of_text(define_player, kind, field)
  define_player("Set" .. kind .. "SettingValue", function(player, name, value) player[field][name] = value end)
  define_player("Clear" .. kind .. "SettingValues", function(player) player[field] = {} end)
end

return function(server, _, define_player)
  for name, field in pairs(FIELDS) do
    define_player("Set" .. name, function(player, value) player.settings[field] = value end)
  end
  pairs_of_text(define_player, "Game", "game_settings")
  pairs_of_text(define_player, "VR", "vr_settings")
  define_player("SendSettings", function(player, to_others, skip)
    server:send(player.pid, { type = "Settings", settings = copy(player.settings),
      game_settings = copy(player.game_settings) }, to_others, skip)
  end)
end
