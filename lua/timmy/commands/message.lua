--- Shows a line in one player's chat window.
local game = require("timmy.game")
local schema = require("timmy.schema")

local M = { name = "message" }

M.fields = {
  { name = "player", check = schema.name },
  { name = "text", check = schema.text },
}

function M.run(pid, values)
  game.SendMessage(pid, values.text .. "\n", false, false)
  return { text = values.text }
end

return { M }
