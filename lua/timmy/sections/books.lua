--- The skill books that a player has learned from.
local cache = require("timmy.game.cache")
local corescripts = require("timmy.game.corescripts")
local id_lists = require("timmy.state.id_lists")
local json = require("timmy.wire.json")

--- The game with both expansions has fewer books.
local MOST_BOOKS = 1000

local read = cache.of_content(function(ids)
  local books, truncated = id_lists.list(ids, MOST_BOOKS)
  return json.constant({ books = books, truncated = truncated })
end)

return function(pid, options)
  local player = corescripts.player(pid)
  return read(player, corescripts.table_or_none(player.data.books), options)
end
