--- Messages to players: lines in their chat windows, and message boxes.
local chat_event = require("timmy.game.chat_event")
local chat_log = require("timmy.state.chat_log")
local checks = require("timmy.wire.checks")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local players = require("timmy.state.players")
local questions = require("timmy.state.questions")
local trips = require("timmy.state.trips")

local TELLING = {
  { name = "player", check = checks.name },
  { name = "text", check = checks.text },
}

--- Every chat line ends with a line break.
local function line(text) return text .. "\n" end

local message = { name = "message", fields = TELLING }

function message.run(pid, values)
  guard.SendMessage(pid, line(values.text), false, false)
  return { text = values.text }
end

--- CoreScripts' prefix of a chat command.
local COMMAND_SIGN = "/"

local function is_command(text) return text:sub(1, 1) == COMMAND_SIGN end

--- Lets the server handle a message of the player, and returns the names of those who received something. A chat
-- command may move the player.
local function handled(pid, text, context)
  local done, wrong, names = chat_log.count(trips.follow, pid, context.revision, chat_event.raise, pid, text)
  if not done then return nil, wrong end
  return { text = text, heard_by = json.array(names) }
end

local chat = { name = "chat", fields = TELLING }

--- Sends a message as if the player had typed it: the server's scripts decide what is shown to whom.
function chat.run(pid, values, context)
  if is_command(values.text) then
    return errors.refuse("bad_arguments", "text: a text that begins with '/' is a chat command: use the command "
      .. "chat_command, or begin the text differently", "text")
  end
  return handled(pid, values.text, context)
end

local chat_command = { name = "chat_command", fields = TELLING }

--- The player may be staff, whose chat commands can do everything: so the token needs a scope of its own.
function chat_command.permitted(context)
  if context.chat_commands then return true end
  return false, "this client's token lacks the scope chat_command: the operator can add it in the server's token file"
end

function chat_command.run(pid, values, context)
  if not is_command(values.text) then
    return errors.refuse("bad_arguments", "text: a chat command begins with '/'; use chat for any other text", "text")
  end
  return handled(pid, values.text, context)
end

local whisper = { name = "whisper", fields = { { name = "player", check = checks.name },
  { name = "to", check = checks.name }, { name = "text", check = checks.text } } }

local function contains(list, wanted)
  for _, value in ipairs(list) do
    if value == wanted then return true end
  end
  return false
end

--- Uses the server's own chat command, so that its rules apply and the speaker sees the message too.
function whisper.run(pid, values, context)
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

local broadcast = { name = "broadcast", fields = TELLING }

function broadcast.run(pid, values)
  guard.SendMessage(pid, line(values.text), true, false)
  return { text = values.text }
end

local clear_chat = { name = "clear_chat", fields = { { name = "player", check = checks.name } } }

function clear_chat.run(pid)
  guard.SendMessage(pid, "", false, false) -- a client empties its window for an empty line
  return { cleared = true }
end

local message_box = { name = "message_box", fields = TELLING }

function message_box.run(pid, values)
  guard.MessageBox(pid, questions.number_for_a_note(pid), values.text)
  return { text = values.text }
end

return { message, chat, chat_command, whisper, broadcast, clear_chat, message_box }
