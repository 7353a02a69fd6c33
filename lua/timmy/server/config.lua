--- The operator's settings: the defaults, overridden by the Lua module `timmy_config` if it exists.
--
--   return { port = 7979, allow_raw = false, limits = { max_peers = 8 } }
local authority = require("timmy.game.authority")
local joining = require("timmy.raw.joining")
local limits = require("timmy.server.limits")
local tokens = require("timmy.wire.token")

local M = {}

local MODULE = "timmy_config"
local MAX_PORT = 65535

local function is_boolean(value)
  return type(value) == "boolean", "true or false"
end

local function is_text(value)
  return type(value) == "string" and value ~= "" and not value:find("%z"), "a non-empty string without NUL"
end

local function is_address(value)
  local port = type(value) == "string" and #value <= 255 and value:match("^[%w][%w_.-]*:(%d+)$")
  local fits = port ~= nil and port ~= false and tonumber(port) >= 1 and tonumber(port) <= MAX_PORT
  return fits, "an address, HOST:PORT, as the bots are to use it"
end

local function is_port(value)
  local fits = type(value) == "number" and value % 1 == 0 and value >= 0 and value <= MAX_PORT
  return fits, "a whole number from 0 (any free port) to " .. MAX_PORT
end

local function is_mechanism(value)
  return value == "PLAIN" or value == "NULL", '"PLAIN" (with a token) or "NULL" (without, on loopback only)'
end

local function is_table(value)
  return type(value) == "table", "a table"
end

local function is_list_of_joining(value)
  local wanted = joining.fault(value)
  return not wanted, wanted
end

local function is_list_of_agents(value)
  local wanted = authority.fault(value)
  return not wanted, wanted
end

--- Each setting: its check and its default. The default of token_file depends on the server.
local SETTINGS = {
  host = { check = is_text, default = "127.0.0.1" },
  port = { check = is_port, default = 7979 },
  mechanism = { check = is_mechanism, default = "PLAIN" },
  token_file = { check = is_text },
  allow_remote = { check = is_boolean, default = false },
  allow_raw = { check = is_boolean, default = false },
  agents = { check = is_list_of_agents, default = {} },
  bots_at = { check = is_address },
  raw_functions = { check = is_list_of_joining, default = {} },
  limits = { check = is_table, default = {} },
}

local function names_of(settings)
  local names = {}
  for name in pairs(settings) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, ", ")
end

local function check_settings(values)
  for name, value in pairs(values) do
    local setting = SETTINGS[name]
    if not setting then return "unknown setting " .. tostring(name) .. "; known: " .. names_of(SETTINGS) end
    local fits, wanted = setting.check(value)
    if not fits then return name .. " must be " .. wanted .. ", not " .. tostring(value) end
  end
end

local function fits_limit(limit, value)
  if type(value) ~= "number" or (limit.whole and value % 1 ~= 0) then return false end
  return value >= limit.low and value <= limit.high
end

local function check_limits(values)
  for name, value in pairs(values) do
    local limit = limits[name]
    if not limit then return "unknown setting limits." .. tostring(name) .. "; known: " .. names_of(limits) end
    if not fits_limit(limit, value) then
      return ("limits.%s must be a %s from %.15g to %.15g, not %s"):format(
        name, limit.whole and "whole number" or "number", limit.low, limit.high, tostring(value))
    end
  end
end

--- Pairs of limits: the second must be above the first.
local ORDERED = { { "heartbeat_interval_s", "heartbeat_timeout_s" }, { "backlog_bytes", "pending_bytes" } }

local function check_order(chosen)
  for _, names in ipairs(ORDERED) do
    local low, high = names[1], names[2]
    if chosen[high] <= chosen[low] then
      return ("limits.%s (%.15g) must be above limits.%s (%.15g): change one of them"):format(
        high, chosen[high], low, chosen[low])
    end
  end
end

local function is_loopback(host)
  return host == "localhost" or host == "::1" or host:find("^127%.%d+%.%d+%.%d+$") ~= nil
end

local function check_reach(config)
  if is_loopback(config.host) then return nil end
  if not config.allow_remote then
    return "host " .. config.host .. " can be reached from other machines: set allow_remote = true if that is intended"
  end
  if config.mechanism ~= "PLAIN" then
    return 'mechanism must be "PLAIN" on host ' .. config.host .. ": NULL is for loopback"
  end
end

local function with_defaults(values)
  local config = { limits = {} }
  for name, setting in pairs(SETTINGS) do
    if values[name] ~= nil then config[name] = values[name] else config[name] = setting.default end
  end
  local chosen = config.limits
  config.limits = {}
  for name, limit in pairs(limits) do config.limits[name] = chosen[name] or limit.default end
  return config
end

--- The operator's settings, checked, with defaults filled in; or nil and what is wrong.
function M.check(values)
  if type(values) ~= "table" then return nil, "the file must return a table" end
  local wrong = check_settings(values) or check_limits(values.limits or {})
  if wrong then return nil, wrong end
  local config = with_defaults(values)
  wrong = check_reach(config) or check_order(config.limits)
  if wrong then return nil, wrong end
  return config
end

--- Whether the error is Lua's message for a missing module; any other error is a mistake in the file.
local function is_absent(err)
  return type(err) == "string" and err:find("module '" .. MODULE .. "' not found", 1, true) ~= nil
end

local function given_settings()
  local ok, values = pcall(require, MODULE)
  if ok then return values end
  if is_absent(values) then return {} end
  -- Lua puts the position of a syntax error on a line of its own; the log message is one line.
  return nil, (tostring(values):gsub("%s*\n%s*", " "))
end

--- The settings in force, with the tokens for PLAIN; or nil and one line with the wrong key and the remedy. `data_path`
-- is the server's folder for scripts' data: the default token file is there.
function M.load(data_path)
  local values, why = given_settings()
  if values == nil then return nil, MODULE .. ": " .. why end
  local config, wrong = M.check(values)
  if not config then return nil, MODULE .. ": " .. wrong end
  if config.mechanism == "NULL" then return config end
  config.tokens, wrong = tokens.read(config.token_file or data_path .. "/timmy.token")
  if not config.tokens then return nil, wrong end
  return config
end

return M
