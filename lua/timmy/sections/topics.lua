--- The topics of conversation that a player knows.
local cache = require("timmy.game.cache")
local corescripts = require("timmy.game.corescripts")
local id_lists = require("timmy.state.id_lists")
local json = require("timmy.wire.json")

--- The most topics listed; the game with both expansions has about three thousand.
local MOST_TOPICS = 1000

local known = cache.of_content(function(ids)
  local topics, truncated = id_lists.list(ids, MOST_TOPICS)
  return json.constant({ topics = topics, truncated = truncated })
end)

return function(pid, options)
  local holder = corescripts.table_or_none(corescripts.shared(corescripts.player(pid), "shareTopics", true))
  return known(holder, corescripts.table_or_none(corescripts.data_of(holder).topics), options)
end
