--- Kills of each record: by all players together, or by this player if newer CoreScripts are configured so
-- (`shareKills`).
local cache = require("timmy.game.cache")
local corescripts = require("timmy.game.corescripts")
local id_lists = require("timmy.state.id_lists")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")

--- The most records listed: more than the players of a server kill in a year. The rest is cut in alphabetical order.
local MOST_KINDS = 1000

local counted = cache.of_content(function(kills)
  local counts, names, truncated = {}, id_lists.names(kills, MOST_KINDS)
  for _, ref_id in ipairs(names) do
    local count = numbers.whole(kills[ref_id])
    if count > 0 then counts[ref_id] = count end
  end
  return json.constant({ counts = json.object(counts), truncated = truncated })
end)

return function(pid, options)
  local holder = corescripts.table_or_none(corescripts.shared(corescripts.player(pid), "shareKills", true))
  return counted(holder, corescripts.table_or_none(corescripts.data_of(holder).kills), options)
end
