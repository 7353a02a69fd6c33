--- What a player does with keys and mouse: for players whose clients are simulated. Every other server declines these
-- commands with `needs_client_input`.
local client_input = require("timmy.game.client_input")
local errors = require("timmy.commands.errors")

local M = {}

local VERBS = { "activate", "attack", "barter", "block", "cast", "choose_topic", "jump", "look", "open", "run",
  "stop_moving", "take", "talk", "walk" }

for _, verb in ipairs(VERBS) do
  M[verb] = function(pid, values) return client_input.act(pid, verb, values) end
end

function M.turn(pid, values)
  if values.yaw and values.by then return errors.refuse("bad_arguments", "give 'yaw' or 'by', not both", "by") end
  if not (values.yaw or values.by or values.pitch) then
    return errors.refuse("bad_arguments", "give 'yaw', 'by' or 'pitch'", "yaw")
  end
  return client_input.act(pid, "turn", values)
end

return M
