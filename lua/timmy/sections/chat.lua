--- What a player's chat window shows.
local hearsay = require("timmy.state.chat_log")

return function(pid)
  local _, fragment = hearsay.of(pid)
  return fragment
end
