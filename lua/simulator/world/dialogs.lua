--- Dialog boxes, and a simulated player's answers to what it is asked: the first button, the first line, or "aye". The
--- menus of the server's scripts, which have small numbers, wait for whoever opened them.
local ANSWER_MS = 2000 -- time to read the box
local FIRST_QUESTION = 1000000

local ANSWERS = { CustomMessageBox = "0", ListBox = "0", InputDialog = "aye" }

local M = {}

--- A client shows one box: an answer is sent with the number of the newest, whatever its kind.
function M.receive(self, packet)
  self:remember("dialogs", packet)
  self.box = packet
  local answer = ANSWERS[packet.box]
  if answer and self.answers_dialogs and packet.id >= FIRST_QUESTION then
    self:after(ANSWER_MS, function() M.answer(self, answer) end)
  end
end

--- The player answers the newest box.
function M.answer(self, data)
  self:fire("OnGUIAction", self.box.id, data)
end

return M
