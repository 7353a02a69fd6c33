--- How many of each record were killed: CoreScripts count for the whole server.
local json = require("timmy.json")
local numbers = require("timmy.numbers")
local texts = require("timmy.texts")

--- More kinds of creatures and named people than a server's players kill in a year; the rest goes by the alphabet.
local MOST_KINDS = 1000

return function()
  local kills = _G.WorldInstance.data.kills
  local counts, names, truncated = {}, texts.names(kills, MOST_KINDS)
  for _, ref_id in ipairs(names) do
    local count = numbers.whole(kills[ref_id])
    if count > 0 then counts[ref_id] = count end
  end
  return { counts = json.object(counts), truncated = truncated }
end
