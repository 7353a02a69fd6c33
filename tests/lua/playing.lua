--- Plays through the commands, as a player with a simulated client: helpers of the tests that walk, talk and fight.
local acting = require("acting")
local deferred = require("timmy.server.deferred")
local harness = require("harness")
local stage = require("stage")

local equal, holds = harness.equal, harness.holds

local M = {}

M.STEP_MS = 50
local PATIENCE_MS = 60000

--- The value of a command once it has ended, in the world's time; or nil and the error.
function M.outcome_of(name, arguments)
  arguments.player = arguments.player or "Timmy"
  local value, wrong = acting.run(name, arguments)
  if not deferred.is(value) then return value, wrong end
  for _ = 1, PATIENCE_MS / M.STEP_MS do
    if value.is_settled then return value.value, value.error end
    stage.run(M.STEP_MS)
  end
  error(name .. " does not end")
end

--- The value of a command that must succeed.
function M.done(name, arguments)
  local value, wrong = M.outcome_of(name, arguments or {})
  holds(value, wrong and name .. ": " .. wrong.message)
  return value
end

--- Checks that a command is declined, and marks the refusal as seen.
function M.denied(name, arguments, code, field)
  stage.forget()
  acting.refused_after_trying(name, arguments, code, field)
end

--- The same for one that was begun.
function M.fails(name, arguments, code)
  local value, wrong = M.outcome_of(name, arguments)
  equal({ value, wrong and wrong.code }, { nil, code })
end

--- Sends the player to a place.
function M.go_to(cell, x, y, z)
  M.done("teleport", { cell = cell, x = x, y = y, z = z })
  stage.settle()
end

--- The hooks that ran from now on, in order, each with its arguments after the status.
function M.listen(...)
  local heard = {}
  for _, hook in ipairs({ ... }) do
    customEventHooks.registerHandler(hook, function(_, ...) heard[#heard + 1] = { hook, ... } end)
  end
  return heard
end

--- The names of the hooks.
function M.names(heard)
  local result = {}
  for position, one in ipairs(heard) do result[position] = one[1] end
  return result
end

--- How many of an item the player has.
function M.count_of(item)
  return stage.client().inventory[item] or 0
end

--- Sets the player's greatest and current health.
function M.set_health(points)
  for _, stat in ipairs({ "health_base", "health" }) do M.done("set_stat", { stat = stat, value = points }) end
end

return M
