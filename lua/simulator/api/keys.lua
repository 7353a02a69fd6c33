--- The quick keys of a player, a list of changes that is cleared, filled and sent.
local function clear(player) player.quick_key_changes = {} end

return function(server, _, define_player)
  define_player("ClearQuickKeyChanges", clear)
  define_player("InitializeQuickKeyChanges", clear)
  define_player("AddQuickKey", function(player, slot, kind, id)
    table.insert(player.quick_key_changes, { slot = slot, kind = kind, id = id })
  end)
  define_player("GetQuickKeyChangesSize", function(player) return #player.quick_key_changes end)
  define_player("SendQuickKeyChanges", function(player)
    server:send(player.pid, { type = "QuickKeys", keys = player.quick_key_changes }, false, false)
  end)
end
