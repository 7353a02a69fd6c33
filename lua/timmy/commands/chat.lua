--- What players are told: lines in their chat windows, and notes on their screens.
local game = require("timmy.game")
local questions = require("timmy.questions")
local schema = require("timmy.schema")

local TELLING = {
  { name = "player", check = schema.name },
  { name = "text", check = schema.text },
}

--- A chat line ends with a line break.
local function line(text) return text .. "\n" end

local message = { name = "message", fields = TELLING }

function message.run(pid, values)
  game.SendMessage(pid, line(values.text), false, false)
  return { text = values.text }
end

local chat = { name = "chat", fields = TELLING }

--- As CoreScripts write what somebody said, for all to read.
function chat.run(pid, values)
  local said = _G.logicHandler.GetChatName(pid) .. ": " .. values.text
  game.SendMessage(pid, _G.color.White .. line(said), true, false)
  return { text = values.text }
end

local broadcast = { name = "broadcast", fields = TELLING }

function broadcast.run(pid, values)
  game.SendMessage(pid, line(values.text), true, false)
  return { text = values.text }
end

local clear_chat = { name = "clear_chat", fields = { { name = "player", check = schema.name } } }

function clear_chat.run(pid)
  game.CleanChatForPid(pid)
  return { cleared = true }
end

local message_box = { name = "message_box", fields = TELLING }

function message_box.run(pid, values)
  game.MessageBox(pid, questions.number_for_a_note(pid), values.text)
  return { text = values.text }
end

return { message, chat, broadcast, clear_chat, message_box }
