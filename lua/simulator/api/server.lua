--- Facts about the server, its log, and the miscellaneous functions.
local LOG_LEVELS = { [0] = "VERBOSE", "INFO", "WARN", "ERROR", "FATAL" }
local LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
local TYPICAL_PING_MS = 20

local function random_string(server)
  return function(length)
    local letters = {}
    for index = 1, length do
      local at = server.letters:integer(1, #LETTERS)
      letters[index] = LETTERS:sub(at, at)
    end
    return table.concat(letters)
  end
end

local function file_exists(server)
  return function(path)
    if server.files[path] then
      return true
    end
    local file = io.open(path, "r")
    if file then
      file:close()
    end
    return file ~= nil
  end
end

--- The real name of a file in a folder.
local function real_name(server)
  local exists = file_exists(server)
  return function(folder, name)
    return exists(folder .. "/" .. name) and name or "invalid"
  end
end

local function facts(server, define)
  local values = {
    GetArchitectureType = "64-bit", GetOperatingSystemType = "Linux", GetServerVersion = "0.8.1",
    GetProtocolVersion = "10", GetDataPath = server.data_path, GetModDir = server.data_path,
    GetMaxPlayers = server.max_players, GetPort = server.port,
  }
  for name, value in pairs(values) do
    define(name, function() return value end)
  end
  define("GetMillisecondsSinceServerStart", function()
    return math.floor(server.clock() - server.started)
  end)
end

local function log(server, define)
  define("LogMessage", function(level, message)
    server.report(("[%s] %s"):format(LOG_LEVELS[level] or "INFO", message))
  end)
  define("LogAppend", function(_, message)
    server.report(message)
  end)
end

local function switches(server, define)
  define("GetScriptErrorIgnoringState", function() return server.ignore_script_errors end)
  define("SetScriptErrorIgnoringState", function(state) server.ignore_script_errors = state end)
  for _, name in ipairs { "DataFile", "Plugin" } do
    define("Get" .. name .. "EnforcementState", function() return server.data_files_enforced end)
    define("Set" .. name .. "EnforcementState", function(state) server.data_files_enforced = state end)
  end
  define("StopServer", function(code) server.stop_code = code end)
  define("BanAddress", function(address) server.banned[address] = true end)
  define("UnbanAddress", function(address) server.banned[address] = nil end)
end

local function numbers(server, define)
  define("GenerateRandomString", random_string(server))
  define("GetCurrentMpNum", function() return server.mp_num end)
  define("SetCurrentMpNum", function(number) server.mp_num = number end)
  define("GetLastPlayerId", function() return server.last_pid end)
end

local function connections(server, define_player)
  define_player("GetAvgPing", function() return TYPICAL_PING_MS end)
  define_player("GetIP", function(player) return server.address(player.pid) end)
  define_player("Kick", function(player) server.kick(player.pid) end)
end

return function(server, define, define_player)
  facts(server, define)
  log(server, define)
  switches(server, define)
  numbers(server, define)
  connections(server, define_player)
  define("DoesFileExist", file_exists(server))
  define("DoesFilePathExist", file_exists(server))
  define("GetCaseInsensitiveFilename", real_name(server))
end
