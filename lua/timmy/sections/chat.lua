--- What a player's chat window shows.
local chat_log = require("timmy.state.chat_log")

return function(pid)
  local _, fragment = chat_log.of(pid)
  return fragment
end
