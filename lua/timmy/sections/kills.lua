--- How many of each record were killed: by all players together, or by this one where newer CoreScripts are told to
-- count so (`shareKills`).
local corescripts = require("timmy.game.corescripts")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local id_lists = require("timmy.state.id_lists")

--- More kinds of creatures and named people than a server's players kill in a year; the rest goes by the alphabet.
local MOST_KINDS = 1000

return function(pid)
  local kills = corescripts.data_of(corescripts.shared(corescripts.player(pid), "shareKills", true)).kills
  local counts, names, truncated = {}, id_lists.names(kills, MOST_KINDS)
  for _, ref_id in ipairs(names) do
    local count = numbers.whole(kills[ref_id])
    if count > 0 then counts[ref_id] = count end
  end
  return { counts = json.object(counts), truncated = truncated }
end
