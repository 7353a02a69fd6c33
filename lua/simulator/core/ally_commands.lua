--- The chat commands of CoreScripts 0.8.1 (defaultCommands.lua) that begin and end alliances.
local table_helper = require("simulator.core.table_helper")

local M = {}

local function say(pid, ...)
  tes3mp.SendMessage(pid, table.concat({ ... }) .. "\n", false)
end

local function chat_name(pid) return logicHandler.GetChatName(pid) end

local function is_ally(pid, other)
  return table_helper.containsValue(Players[pid].data.alliedPlayers, Players[other].accountName)
end

--- Invitations are stored with the invited player until it leaves.
local function invitations_of(pid)
  Players[pid].allyInvitesReceived = Players[pid].allyInvitesReceived or {}
  return Players[pid].allyInvitesReceived
end

local function is_invited(pid, by)
  return table_helper.containsValue(invitations_of(pid), Players[by].accountName)
end

local function saved(...)
  for _, pid in ipairs({ ... }) do
    Players[pid]:QuicksaveToDrive()
    Players[pid]:LoadAllies()
  end
end

local function invite(pid, other)
  if is_ally(pid, other) then return say(pid, "You already have ", chat_name(other), " as your ally") end
  if is_invited(other, pid) then
    return say(pid, "You have already invited ", chat_name(other), " to be your ally.")
  end
  table.insert(invitations_of(other), Players[pid].accountName)
  say(other, chat_name(pid), " has invited you to become their ally. Write ", color.Yellow, "/join ", pid, color.White,
    " to accept.")
  say(pid, "You have invited ", chat_name(other), " to be your ally.")
end

local function join(pid, other)
  if is_ally(pid, other) then return say(pid, "You already have ", chat_name(other), " as an ally") end
  if not is_invited(pid, other) then
    return say(pid, "You have not yet been invited to become an ally of ", chat_name(other))
  end
  say(other, chat_name(pid), " has agreed to become your ally.")
  table.insert(Players[pid].data.alliedPlayers, Players[other].accountName)
  table.insert(Players[other].data.alliedPlayers, Players[pid].accountName)
  saved(pid, other)
  say(pid, "You now have ", chat_name(other), " as an ally. Write ", color.Yellow, "/leave ", other, color.White,
    " if you later decide to leave the partnership.")
end

local function part(pid, other)
  local allies = Players[pid].data.alliedPlayers
  table_helper.removeValue(allies, Players[other].accountName)
  table_helper.cleanNils(allies)
end

local function leave(pid, other)
  if not is_ally(pid, other) then return say(pid, "You are not an ally of ", chat_name(other)) end
  say(other, chat_name(pid), " has stopped having you as an ally.")
  part(pid, other)
  part(other, pid)
  saved(pid, other)
  say(pid, "You have stopped having ", chat_name(other), " as your ally ")
end

local function with_other(run, oneself)
  return function(pid, words)
    if pid == tonumber(words[2]) then return say(pid, oneself) end
    if logicHandler.CheckPlayerValidity(pid, words[2]) then run(pid, tonumber(words[2])) end
  end
end

M.invite = with_other(invite, "You can't invite yourself to be your own ally.")
M.join = with_other(join, "You can't join yourself as your own ally.")
M.leave = with_other(leave, "You can't leave an alliance with yourself.")

return M
