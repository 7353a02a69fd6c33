--- Death and what follows it.
local KILLER = { GetPlayerKillerName = { "name", "" }, GetPlayerKillerRefId = { "refId", "" },
  GetPlayerKillerRefNum = { "refNum", 0 }, GetPlayerKillerMpNum = { "mpNum", 0 } }

return function(server, _, define_player)
  define_player("DoesPlayerHavePlayerKiller", function(player)
    return player.killer ~= nil and player.killer.pid ~= nil
  end)
  define_player("GetPlayerKillerPid", function(player)
    return player.killer and player.killer.pid or -1
  end)
  for name, field in pairs(KILLER) do
    define_player(name, function(player)
      return player.killer and player.killer[field[1]] or field[2]
    end)
  end
  define_player("Resurrect", function(player, kind)
    server:send(player.pid, { type = "Resurrect", kind = kind }, false, false)
  end)
  define_player("Jail", function(player, days)
    server:send(player.pid, { type = "Jail", days = days }, false, false)
  end)
end
