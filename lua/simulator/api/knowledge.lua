--- Topics and books of a player: lists of changes that are cleared, filled and sent.
local KINDS = {
  { name = "Topic", field = "topic_changes" },
  { name = "Book", field = "book_changes" },
}

local function define_kind(server, define_player, kind)
  local name, field = kind.name, kind.field
  local function clear(player) player[field] = {} end
  define_player("Clear" .. name .. "Changes", clear)
  define_player("Initialize" .. name .. "Changes", clear)
  define_player("Add" .. name, function(player, id) table.insert(player[field], id) end)
  define_player("Get" .. name .. "ChangesSize", function(player) return #player[field] end)
  define_player("Get" .. name .. "Id", function(player, index) return player[field][index + 1] or "invalid" end)
  define_player("Send" .. name .. "Changes", function(player, to_others, skip)
    server:send(player.pid, { type = name, ids = player[field] }, to_others, skip)
  end)
end

return function(server, _, define_player)
  for _, kind in ipairs(KINDS) do define_kind(server, define_player, kind) end
end
