--- The topics of conversation that a player knows.
local corescripts = require("timmy.game.corescripts")
local id_lists = require("timmy.state.id_lists")

--- The most topics listed; the game with both expansions has about three thousand.
local MOST_TOPICS = 1000

return function(pid)
  local holder = corescripts.shared(corescripts.player(pid), "shareTopics", true)
  local topics, truncated = id_lists.list(corescripts.data_of(holder).topics, MOST_TOPICS)
  return { topics = topics, truncated = truncated }
end
