--- Chat lines and dialog boxes of a player.
return function(server, define, define_player)
  define_player("SendMessage", function(player, message, to_others, skip)
    server:send(player.pid, { type = "Chat", text = message }, to_others, skip)
  end)
  define_player("CleanChatForPid", function(player)
    server:send(player.pid, { type = "ChatClear" }, false, false)
  end)
  define("CleanChat", function()
    for pid in pairs(server.players) do
      server:send(pid, { type = "ChatClear" }, false, false)
    end
  end)
  for _, box in ipairs { "MessageBox", "CustomMessageBox", "InputDialog", "PasswordDialog", "ListBox" } do
    define_player(box, function(player, id, label, extra)
      server:send(player.pid, { type = "Box", box = box, id = id, label = label, extra = extra }, false, false)
    end)
  end
end
