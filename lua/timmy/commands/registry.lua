--- The registry of commands: finds a command, checks its arguments, finds its player, and runs it.
local checks = require("timmy.wire.checks")
local client_input = require("timmy.game.client_input")
local log = require("timmy.server.log")
local players = require("timmy.state.players")

local M = {}

local registry, names = {}, {}

--- One file for each topic; each returns a list of commands: { name =, fields =, permitted = ?, available = ?, run = }.
-- `permitted(context)` returns true, or false, why, and the error's code (`not_permitted`), for all players;
-- `available(pid, context)` returns true if a logged-in player can be given the command now, or nil and the error that
-- `run` would return.
local TOPICS = {
  require("timmy.commands.actors"),
  require("timmy.commands.ai"),
  require("timmy.commands.api"),
  require("timmy.commands.character"),
  require("timmy.commands.chat"),
  require("timmy.commands.client_input"),
  require("timmy.commands.allies"),
  require("timmy.commands.console"),
  require("timmy.commands.containers"),
  require("timmy.commands.dialogs"),
  require("timmy.commands.factions"),
  require("timmy.commands.lifecycle"),
  require("timmy.commands.inventory"),
  require("timmy.commands.journal"),
  require("timmy.commands.topics"),
  require("timmy.commands.objects"),
  require("timmy.commands.animation"),
  require("timmy.commands.position"),
  require("timmy.commands.records"),
  require("timmy.commands.reputation"),
  require("timmy.commands.settings"),
  require("timmy.commands.shapeshift"),
  require("timmy.commands.spells"),
  require("timmy.commands.stats"),
  require("timmy.commands.world"),
}

for _, topic in ipairs(TOPICS) do
  for _, command in ipairs(topic) do
    registry[command.name] = command
    names[#names + 1] = command.name
  end
end

--- The names of all commands, sorted.
M.names = names
table.sort(names)

--- A command's fields, in order.
function M.fields_of(name) return registry[name].fields end

--- The longest part of an unknown command's name that an answer repeats, in bytes: the name may be anything, and the
-- answer is remembered.
local LONGEST_NAME = 256

local function unknown(name)
  local guidance = client_input.guidance(name)
  if guidance then return { code = "needs_client_input", message = guidance, field = "name" } end
  local message = "no command " .. tostring(name):sub(1, LONGEST_NAME) .. "; welcome.server.commands lists them"
  return { code = "unknown_command", message = message, field = "name" }
end

--- The error of a command that is permitted to nobody, or nil.
local function prohibition(command, context)
  if not command.permitted then return nil end
  local allowed, reason, code = command.permitted(context)
  return not allowed and { code = code or "not_permitted", message = reason } or nil
end

--- Why a command would be declined before its arguments are checked, by the configuration or by the player's state; nil
-- if no reason is known.
local function objection(command, pid, context)
  local prohibited = prohibition(command, context)
  if prohibited then return prohibited end
  if command.available then
    local possible, err = command.available(pid, context)
    if not possible then return { code = err.code, message = err.message } end
  end
  return nil
end

--- The names of the commands that a logged-in player can be given now, and by name the errors of the others,
-- independent of their arguments.
function M.available(pid, context)
  local possible, declined = {}, {}
  for _, name in ipairs(names) do
    local err = objection(registry[name], pid, context)
    if err then declined[name] = err else possible[#possible + 1] = name end
  end
  return possible, declined
end

local function run(name, arguments, context)
  local command = registry[name]
  if not command then return nil, unknown(name) end
  local prohibited = prohibition(command, context)
  if prohibited then
    prohibited.field = "name"
    return nil, prohibited
  end
  local values, wrong = checks.read(command.fields, arguments)
  if not values then return nil, wrong end
  local pid, missing = players.find(values.player)
  if not pid then return nil, missing end
  return command.run(pid, values, context)
end

--- Runs a command: its value, or nil and { code =, message =, field =? }. Never raises: a defect of the bridge is
-- logged and answered as `internal`.
function M.run(name, arguments, context)
  local ok, value, wrong = xpcall(run, debug.traceback, name, arguments, context or {})
  if ok then return value, wrong end
  log("error", "command " .. tostring(name) .. " failed: " .. tostring(value))
  return nil, { code = "internal", message = "the command failed on the server: see its log" }
end

return M
