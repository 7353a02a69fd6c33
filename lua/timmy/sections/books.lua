--- The skill books that a player has learned from.
local corescripts = require("timmy.game.corescripts")
local id_lists = require("timmy.state.id_lists")

--- The game with both expansions has fewer books.
local MOST_BOOKS = 1000

return function(pid)
  local books, truncated = id_lists.list(corescripts.player(pid).data.books, MOST_BOOKS)
  return { books = books, truncated = truncated }
end
