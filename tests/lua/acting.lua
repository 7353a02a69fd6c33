--- Runs commands on the stage: each is done or declined, and every error that a command's model declares must have been
-- seen.
local commands = require("timmy.commands.registry")
local deferred = require("timmy.server.deferred")
local harness = require("harness")
local json = require("timmy.wire.json")
local stage = require("stage")

local equal, holds = harness.equal, harness.holds

local M = {}

--- Errors that all commands share, tested in commands_test.lua, and errors of the message layer.
local OF_ALL = { bad_arguments = true, no_such_player = true, not_logged_in = true, expired = true }

local seen = {}

--- Gives a command as a client does: its value, or nil and the error.
function M.run(name, arguments, context)
  return commands.run(name, arguments, context)
end

--- The value of a command that must succeed; its player is Timmy by default.
function M.done(name, arguments, context)
  arguments.player = arguments.player or "Timmy"
  local value, wrong = M.run(name, arguments, context)
  holds(value, wrong and wrong.message)
  return value
end

--- The value of a deferred command, once its player has answered.
function M.answered(name, arguments)
  local outcome = M.done(name, arguments)
  holds(deferred.is(outcome) and not outcome.is_settled, name .. " did not wait for an answer")
  stage.settle()
  holds(outcome.is_settled, name .. " was not answered")
  return outcome.value
end

--- Runs a command that must be declined with this code and field, and must change nothing.
function M.refused(name, arguments, code, field, context)
  if type(arguments) == "table" then arguments.player = arguments.player or "Timmy" end
  local value, wrong = M.run(name, arguments, context)
  equal(value, nil)
  equal({ wrong.code, wrong.field }, { code, field }, wrong.message)
  equal(stage.effects(), {}, "changed something")
  seen[tostring(name) .. " " .. code] = true
end

--- Runs a command that is declined by the server or its scripts: the attempt may have changed something.
function M.refused_after_trying(name, arguments, code, field, context)
  arguments.player = arguments.player or "Timmy"
  local value, wrong = M.run(name, arguments, context)
  equal(value, nil)
  equal({ wrong.code, wrong.field }, { code, field }, wrong.message)
  seen[name .. " " .. code] = true
end

--- As `refused`, in a world that has just started.
function M.declined(name, arguments, code, field, context)
  stage.open()
  M.refused(name, arguments, code, field, context)
end

--- A command's published schema.
function M.schema(name)
  local file = assert(io.open(package.loaded.test_root .. "/docs/protocol/schema/command." .. name .. ".json", "rb"))
  local schema = assert(json.decode(file:read("*a")))
  file:close()
  return schema
end

--- How often a player's file was saved by what `act` did.
function M.saves_of(player, act)
  local saves, save = 0, player.QuicksaveToDrive
  player.QuicksaveToDrive = function(self) saves = saves + 1 return save(self) end
  act()
  player.QuicksaveToDrive = save
  return saves
end

--- Registers the last test of a topic's file: every error that the models of its commands declare was seen.
function M.covers(topic)
  harness.test("has seen every refusal that the models of its commands declare", function()
    local missing = {}
    for name in pairs(require("timmy.commands." .. topic)) do
      for _, code in ipairs(M.schema(name)["x-errors"]) do
        local refusal = name .. " " .. code
        if not OF_ALL[code] and not seen[refusal] then missing[#missing + 1] = refusal end
      end
    end
    table.sort(missing)
    equal(missing, {})
  end)
end

return M
