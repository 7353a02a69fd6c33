--- What a player is told: a line in its chat window.
local game = require("timmy.game")
local schema = require("timmy.schema")

local message = { name = "message" }

message.fields = {
  { name = "player", check = schema.name },
  { name = "text", check = schema.text },
}

function message.run(pid, values)
  game.SendMessage(pid, values.text .. "\n", false, false)
  return { text = values.text }
end

return { message }
