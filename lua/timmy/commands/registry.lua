--- The registry of commands: finds a command, checks its arguments, finds its player, and runs it.
--
-- What a command is named, needs and takes is declared (timmy.wire.declarations). Its function is in the file of its
-- topic in this folder, under the command's name: `run(pid, values, context)` returns the answer, or nil and an error.
local available = require("timmy.commands.available")
local checks = require("timmy.wire.checks")
local client_input = require("timmy.game.client_input")
local corescripts = require("timmy.game.corescripts")
local declarations = require("timmy.wire.declarations")
local errors = require("timmy.commands.errors")
local json = require("timmy.wire.json")
local log = require("timmy.server.log")
local permissions = require("timmy.wire.permissions")
local players = require("timmy.state.players")

local M = {}

local registry, names = {}, {}

local function names_of(fields)
  local list = {}
  for position, field in ipairs(fields) do list[position] = field.name end
  return table.concat(list, ", ")
end

for name, declared in pairs(declarations.commands) do
  local run = require("timmy.commands." .. declared.topic)[name]
  if not run then error("lua/timmy/commands/" .. declared.topic .. ".lua has no function " .. name) end
  local unknown = "is no argument of this command; there are: " .. names_of(declared.fields)
  local fields, check = checks.object(declared.fields, unknown)
  registry[name] = { fields = fields, check = check, run = run, scope = declared.scope, available = available[name],
    of_server = declared.of_server,
    input = declared.topic == "client_input" and name or nil }
  names[#names + 1] = name
end

--- The names of all commands, sorted.
M.names = names
table.sort(names)

--- A command's fields, in order: { name =, check =, default = ?, optional = ? }.
function M.fields_of(name) return registry[name].fields end

--- The longest part of an unknown command's name that an answer repeats, in bytes: the name may be anything, and the
-- answer is remembered.
local LONGEST_NAME = 256

local function unknown(name)
  local needs_input = client_input.guidance(name) and client_input.refusal_of(name)
  if needs_input then return needs_input end
  local message = "no command " .. tostring(name):sub(1, LONGEST_NAME) .. "; welcome.server.commands lists them"
  return { code = "unknown_command", message = message, field = "name" }
end

--- The error of a command that is open to no player: its context lacks a scope, or nobody's client can be played.
local function prohibition(command, context)
  local err = permissions.error_of_command(command.scope, context)
  if not err and command.input then err = client_input.error_of(command.input) end
  return err
end

--- Why a command would be declined before its arguments are checked, by the configuration or by the player's state; nil
-- if no reason is known.
local function objection(command, pid, context)
  local err = prohibition(command, context)
  if err or not command.available then return err end
  local possible, why = command.available(pid, context)
  return not possible and why or nil
end

--- By player what `M.available` returned last, and the errors by which it did.
local latest = setmetatable({}, { __mode = "k" })

--- Collects the objection to each command (false: none), in the order of `names`. Returns whether they say what the
-- last ones said.
local function collect_objections(pid, context, objections, last)
  local is_same = last ~= nil
  for position, name in ipairs(names) do
    local err = objection(registry[name], pid, context) or false
    objections[position] = err
    if is_same and err ~= last[position] then
      local before = last[position]
      is_same = err and before and err.message == before.message and err.code == before.code
    end
  end
  return is_same
end

--- The names of the commands that a logged-in player can be given now, and by name the errors of the others,
-- independent of their arguments. The same tables as before if nothing changed; do not change them. `context` says
-- which scopes there are, and like the options of a section how recent what the player has must be.
function M.available(pid, context)
  local player, objections = corescripts.player(pid), {}
  local known = latest[player]
  if collect_objections(pid, context, objections, known and known.objections) then
    return known.possible, known.declined
  end
  known = { objections = objections, possible = {}, declined = {} }
  for position, name in ipairs(names) do
    local err = objections[position]
    if err then known.declined[name] = errors.new(err.code, err.message) else table.insert(known.possible, name) end
  end
  latest[player] = known
  return known.possible, known.declined
end

--- A command's arguments with defaults filled in; or nil and an error with the wrong field.
local function read(command, arguments)
  if type(arguments) ~= "table" or arguments == json.null then
    return errors.refuse("bad_arguments", "arguments must be an object", "arguments")
  end
  local values, wrong, place = command.check(arguments)
  if wrong then return errors.refuse("bad_arguments", place .. ": " .. wrong, place) end
  return values
end

local function run(name, arguments, context)
  local command = registry[name]
  if not command then return nil, unknown(name) end
  local prohibited = prohibition(command, context)
  if prohibited then return nil, prohibited end
  local values, wrong = read(command, arguments)
  if not values then return nil, wrong end
  if command.of_server then return command.run(nil, values, context) end
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
