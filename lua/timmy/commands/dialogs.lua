--- Dialog boxes on a player's screen. The result comes with the player's answer: see timmy.state.questions.
local checks = require("timmy.wire.checks")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local questions = require("timmy.state.questions")
local utf8 = require("timmy.wire.utf8")

local player = { name = "player", check = checks.name }
local text = { name = "text", check = checks.text }

--- The longest part of a typed answer that is passed on, in bytes, because the result is remembered.
local LONGEST_ANSWER = 4096

--- The choice among `labels` by its number, from 0; both fields are null if nothing was chosen.
local function choice(labels, data)
  local index = tonumber(data)
  local label = index and labels[index + 1]
  return { index = label and index or json.null, choice = label or json.null }
end

local ask = { name = "ask" }

ask.fields = { player, text, { name = "buttons", check = checks.list(checks.label, 1, 8) } }

function ask.run(pid, values)
  local function show(number) guard.CustomMessageBox(pid, number, values.text, table.concat(values.buttons, ";")) end
  return questions.ask(pid, show, function(data) return choice(values.buttons, data) end)
end

local ask_choice = { name = "ask_choice" }

ask_choice.fields = { player, text, { name = "choices", check = checks.list(checks.label, 1, 32) } }

function ask_choice.run(pid, values)
  local function show(number) guard.ListBox(pid, number, values.text, table.concat(values.choices, "\n")) end
  return questions.ask(pid, show, function(data) return choice(values.choices, data) end)
end

local ask_text = { name = "ask_text" }

ask_text.fields = { player, text, { name = "note", check = checks.text, optional = true } }

function ask_text.run(pid, values)
  local function show(number) guard.InputDialog(pid, number, values.text, values.note or "") end
  return questions.ask(pid, show, function(data) return { text = utf8.repair(data:sub(1, LONGEST_ANSWER)) } end)
end

return { ask, ask_choice, ask_text }
