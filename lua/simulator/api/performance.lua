--- Animations and voice files of a player.
return function(server, _, define_player)
  define_player("PlayAnimation", function(player, group, mode, count, persists)
    server:send(player.pid, { type = "Animation", pid = player.pid, group = group, mode = mode, count = count,
      persists = persists }, true, false)
  end)
  define_player("PlaySpeech", function(player, sound)
    server:send(player.pid, { type = "Speech", pid = player.pid, sound = sound }, true, false)
  end)
end
