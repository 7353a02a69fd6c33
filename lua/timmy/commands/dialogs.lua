--- Dialog boxes on a player's screen. The result comes with the player's answer: see timmy.state.questions.
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local questions = require("timmy.state.questions")
local utf8 = require("timmy.wire.utf8")

local M = {}

--- The longest part of a typed answer that is passed on, in bytes, because the result is remembered.
local LONGEST_ANSWER = 4096

--- The choice among `labels` by its number, from 0; both fields are null if nothing was chosen.
local function choice(labels, data)
  local index = tonumber(data)
  local label = index and labels[index + 1]
  return { index = label and index or json.null, choice = label or json.null }
end

function M.ask(pid, values)
  local function show(number) guard.CustomMessageBox(pid, number, values.text, table.concat(values.buttons, ";")) end
  return questions.ask(pid, show, function(data) return choice(values.buttons, data) end)
end

function M.ask_choice(pid, values)
  local function show(number) guard.ListBox(pid, number, values.text, table.concat(values.choices, "\n")) end
  return questions.ask(pid, show, function(data) return choice(values.choices, data) end)
end

function M.ask_text(pid, values)
  local function show(number) guard.InputDialog(pid, number, values.text, values.note or "") end
  return questions.ask(pid, show, function(data) return { text = utf8.repair(data:sub(1, LONGEST_ANSWER)) } end)
end

return M
