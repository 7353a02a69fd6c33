--- Death, resurrection and jail.
local KILLER = { GetPlayerKillerName = { "name", "" }, GetPlayerKillerRefId = { "refId", "" },
  GetPlayerKillerRefNum = { "refNum", 0 }, GetPlayerKillerMpNum = { "mpNum", 0 } }

local function allies(server, define_player)
  define_player("ClearAlliedPlayersForPlayer", function(player) player.allies = {} end)
  define_player("AddAlliedPlayerForPlayer", function(player, ally) table.insert(player.allies, ally) end)
  define_player("SendAlliedPlayers", function(player, to_others)
    server:send(player.pid, { type = "Allies", pid = player.pid, allies = player.allies }, to_others, false)
  end)
end

local function mark(server, define_player)
  define_player("SetMarkCell", function(player, cell) player.mark.cell = cell end)
  define_player("SetMarkPos", function(player, x, y, z)
    player.mark.x, player.mark.y, player.mark.z = x, y, z
  end)
  define_player("SetMarkRot", function(player, x, z) player.mark.pitch, player.mark.yaw = x, z end)
  define_player("SendMarkLocation", function(player)
    server:send(player.pid, { type = "Mark", mark = player.mark }, false, false)
  end)
end

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
    server:send(player.pid, { type = "Resurrect", pid = player.pid, kind = kind }, true, false)
  end)
  define_player("Jail", function(player, days, stays, keeps_skills, progress_text, end_text)
    server:send(player.pid, { type = "Jail", days = days, stays = stays, keeps_skills = keeps_skills,
      progress_text = progress_text, end_text = end_text }, false, false)
  end)
  allies(server, define_player)
  mark(server, define_player)
end
