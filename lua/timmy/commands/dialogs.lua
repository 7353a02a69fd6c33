--- Dialog boxes on a player's screen. The result comes with the player's answer: see timmy.state.questions. Boxes of
-- all scripts are answered as the player's client would: see timmy.state.dialogs.
local chat_log = require("timmy.state.chat_log")
local dialogs = require("timmy.state.dialogs")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local log = require("timmy.server.log")
local questions = require("timmy.state.questions")
local trips = require("timmy.state.trips")
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

local function index_of(wanted, choices)
  for position, label in ipairs(choices) do
    if label == wanted then return position - 1 end
  end
end

--- What a client sends for a chosen button or entry.
local function data_of_choice(box, values)
  local index, field = values.index, "index"
  if values.choice then
    index, field = index_of(values.choice, box.choices), "choice"
  elseif index == nil then
    if box.kind == "list" then return dialogs.NOTHING_CHOSEN end
    return errors.refuse("bad_arguments", "give 'index' or 'choice': the box has buttons", "index")
  end
  if index and index < #box.choices then return ("%d"):format(index) end
  return errors.refuse("bad_arguments", field .. ": the box has no such choice", field)
end

local function data_for(box, values)
  if box.kind ~= "text" then return data_of_choice(box, values) end
  if values.text then return values.text end
  return errors.refuse("bad_arguments", "give 'text': the box asks for one", "text")
end

local function box_of(pid, number)
  local box = dialogs.of(pid)
  if not box then return errors.refuse("no_such_target", "no dialog that can be answered is open", "player") end
  if number == nil or number == box.number then return box end
  return errors.refuse("no_such_target", ("that dialog is not open; the open one has the number %d"):format(box.number),
    "number")
end

local function answered(pid, data)
  local ok, why = dialogs.answer(pid, data)
  if ok then return true end
  log("error", "a script failed on an answer to its dialog: " .. tostring(why))
  return errors.refuse("game_refused", "a script of the server failed while it handled the answer (see its log)")
end

--- The scripts may move the player.
local function handled(pid, data, revision)
  return chat_log.count(trips.follow, pid, revision, answered, pid, data)
end

--- Answers the open box, and returns what the scripts show next.
function M.answer_dialog(pid, values, context)
  local box, wrong = box_of(pid, values.number)
  if not box then return nil, wrong end
  local data, none = data_for(box, values)
  if not data then return nil, none end
  local done, failure, names, shown = dialogs.shown_by(handled, pid, data, context.revision)
  if not done then return nil, failure end
  return { number = box.number, heard_by = json.array(names), dialog = shown.dialog, notes = shown.notes }
end

return M
