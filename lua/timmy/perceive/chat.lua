--- What a player has heard in the chat.
local hearsay = require("timmy.hearsay")
local json = require("timmy.json")

return function(pid) return { lines = json.array(hearsay.of(pid)) } end
