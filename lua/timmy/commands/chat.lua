--- Chat lines, message boxes, and commands of the chat and the console.
local available = require("timmy.commands.available")
local chat_event = require("timmy.game.chat_event")
local chat_log = require("timmy.state.chat_log")
local dialogs = require("timmy.state.dialogs")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local players = require("timmy.state.players")
local questions = require("timmy.state.questions")
local trips = require("timmy.state.trips")

local M = {}

--- Every chat line ends with a line break.
local function line(text) return text .. "\n" end

function M.message(pid, values)
  guard.SendMessage(pid, line(values.text), false, false)
  return { text = values.text }
end

--- Lets the server handle a message of the player, and returns the names of those who received something. A chat
-- command may move the player.
local function handled(pid, text, context)
  local done, wrong, names = chat_log.count(trips.follow, pid, context.revision, chat_event.raise, pid, text)
  if not done then return nil, wrong end
  return { text = text, heard_by = json.array(names) }
end

--- Sends a message as if the player had typed it: the server's scripts decide what is shown to whom.
function M.chat(pid, values, context)
  return handled(pid, values.text, context)
end

--- Runs one of the server's chat commands, and returns what it shows. The player may be staff, whose
-- chat commands can do everything: so the token needs a scope of its own.
function M.chat_command(pid, values, context)
  local answer, wrong, _, shown = dialogs.shown_by(handled, pid, values.text, context)
  if not answer then return nil, wrong end
  answer.dialog, answer.notes = shown.dialog, shown.notes
  return answer
end

local function contains(list, wanted)
  for _, value in ipairs(list) do
    if value == wanted then return true end
  end
  return false
end

--- Uses the server's own chat command, so that its rules apply and the speaker sees the message too.
function M.whisper(pid, values, context)
  local other, wrong = players.find(values.to)
  if not other then return errors.refuse(wrong.code, wrong.message, "to") end
  if other == pid then return errors.refuse("bad_arguments", "to: a player can't whisper to itself", "to") end
  local answer, err = handled(pid, ("/msg %d %s"):format(other, values.text), context)
  if not answer then return nil, err end
  if not contains(answer.heard_by, values.to) then
    return errors.refuse("game_refused", "the server's scripts did not deliver the message to " .. values.to, "to")
  end
  return { to = values.to, text = values.text }
end

function M.broadcast(pid, values)
  guard.SendMessage(pid, line(values.text), true, false)
  return { text = values.text }
end

function M.clear_chat(pid)
  guard.SendMessage(pid, "", false, false) -- a client empties its window for an empty line
  return { cleared = true }
end

function M.message_box(pid, values)
  guard.MessageBox(pid, questions.number_for_a_note(pid), values.text)
  return { text = values.text }
end

--- Runs a console command on a player's client, unchanged.
function M.console(pid, values)
  local possible, wrong = available.console(pid)
  if not possible then return nil, wrong end
  _G.logicHandler.RunConsoleCommandOnPlayer(pid, values.text, false)
  return { text = values.text }
end

return M
