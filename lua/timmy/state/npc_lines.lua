--- Lines that an actor says to players who activate it. The dialogue window's texts belong to the clients, and no
-- function of the server adds to them; so a line is sent to the chat of the player who activates the actor, the next
-- one each time.
local guard = require("timmy.game.guard")
local hooks = require("timmy.game.hooks")
local speech = require("timmy.state.speech")
local things = require("timmy.state.things")

local M = {}

--- The key of the lines in CoreScripts' data of the object, which are saved with its cell.
M.KEY = "timmyLines"

local function next_line(kept)
  local position = (type(kept.said) == "number" and kept.said or 0) % #kept.lines + 1
  kept.said = position
  return kept.lines[position]
end

local function speak(cell, unique_index, pid)
  local actor = things.object({ cell = cell, unique_index = unique_index })
  local kept = actor and actor.data[M.KEY]
  if type(kept) ~= "table" or type(kept.lines) ~= "table" or #kept.lines == 0 then return end
  guard.SendMessage(pid, speech.name_of(actor) .. ": " .. tostring(next_line(kept)) .. "\n", false, false)
end

local function on_activate(status, _, cell, objects)
  if status.validDefaultHandler == false then return end
  for unique_index, object in pairs(objects) do
    if object.activatingPid ~= nil then speak(cell, unique_index, object.activatingPid) end
  end
end

--- Starts handling activations.
function M.install()
  hooks.hear("OnObjectActivate", on_activate)
end

return M
