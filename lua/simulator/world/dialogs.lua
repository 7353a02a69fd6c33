--- The boxes that a player is shown, and how a simulated one answers: with the first button, line, or an "aye".
local ANSWER_MS = 2000 -- as long as one reads

local ANSWERS = { CustomMessageBox = "0", ListBox = "0", InputDialog = "aye" }

local M = {}

--- A client has one place for the box it shows: an answer goes out under the number of the newest, whatever its kind.
function M.receive(self, packet)
  self:remember("boxes", packet)
  self.box = packet
  local answer = ANSWERS[packet.box]
  if answer and self.answers_boxes then
    self:after(ANSWER_MS, function() M.answer(self, answer) end)
  end
end

--- The player answers what it was shown last.
function M.answer(self, data)
  self:fire("OnGUIAction", self.box.id, data)
end

return M
