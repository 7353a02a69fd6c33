--- The chat commands of CoreScripts 0.8.1 that write to chat windows: the registered ones (defaultCommands.lua), and
--- those of the default behaviour (commandHandler.lua).
local ally_commands = require("simulator.core.ally_commands")
local menus = require("simulator.core.menus")

local M = {}

local function rest_of(words, first)
  return table.concat(words, " ", first)
end

local function tell_error(pid, text)
  tes3mp.SendMessage(pid, color.Error .. text .. "\n" .. color.Default, false)
end

local registered = {}

--- A line to one player, shown to the sender too.
function registered.msg(pid, words)
  local target = tonumber(words[2])
  if pid == target then
    tes3mp.SendMessage(pid, "You can't message yourself.\n")
  elseif words[3] == nil then
    tes3mp.SendMessage(pid, "You cannot send a blank message.\n")
  elseif logicHandler.CheckPlayerValidity(pid, words[2]) then
    local line = ("%s to %s: %s\n"):format(logicHandler.GetChatName(pid), logicHandler.GetChatName(target),
      rest_of(words, 3))
    tes3mp.SendMessage(pid, line, false)
    tes3mp.SendMessage(target, line, false)
  end
end

function registered.me(pid, words)
  tes3mp.SendMessage(pid, logicHandler.GetChatName(pid) .. " " .. rest_of(words, 2) .. "\n", true)
end

--- A line to all who have loaded the cell of the speaker's last cell change.
registered["local"] = function(pid, words)
  local cell = LoadedCells[Players[pid].data.location.cell]
  for _, visitor in pairs(cell and cell.visitors or {}) do
    local line = logicHandler.GetChatName(pid) .. " to local area: " .. rest_of(words, 2) .. "\n"
    tes3mp.SendMessage(visitor, line, false)
  end
end

function registered.greentext(pid, words)
  tes3mp.SendMessage(pid, logicHandler.GetChatName(pid) .. ": " .. color.GreenText .. ">" .. rest_of(words, 2) .. "\n",
    true)
end

registered.message, registered.l = registered.msg, registered["local"]

--- Registers the commands that CoreScripts register.
function M.register(hooks)
  for name, callback in pairs(ally_commands) do
    hooks.registerCommand(name, callback)
  end
  for name, callback in pairs(registered) do
    hooks.registerCommand(name, callback)
  end
end

local function kick(pid, words)
  if not logicHandler.CheckPlayerValidity(pid, words[2]) then
    return
  end
  local target = tonumber(words[2])
  tes3mp.SendMessage(pid, ("%s was kicked from the server by %s.\n"):format(logicHandler.GetChatName(target),
    logicHandler.GetChatName(pid)), true)
  Players[target]:Kick()
end

local function teleport(pid, words)
  if words[2] ~= "all" then
    return logicHandler.TeleportToPlayer(pid, words[2], pid)
  end
  for other, player in pairs(Players) do
    if other ~= pid and player:IsLoggedIn() then
      logicHandler.TeleportToPlayer(pid, other, pid)
    end
  end
end

local function teleport_to(pid, words)
  logicHandler.TeleportToPlayer(pid, pid, words[2])
end

--- The commands that show a menu.
local with_menus = { help = "help player", craft = "crafting" }

--- The commands of moderators.
local of_moderators = { kick = kick, teleport = teleport, tp = teleport, teleportto = teleport_to, tpto = teleport_to }

--- The answer to an unregistered chat command.
function M.process(pid, words)
  if words[1] == nil then
    return tell_error(pid, "Please use a command after the / symbol.")
  end
  local menu, command = with_menus[words[1]:lower()], of_moderators[words[1]:lower()]
  if menu then
    return menus.display(pid, menu)
  end
  if command and Players[pid]:IsModerator() then
    return command(pid, words)
  end
  tell_error(pid, "Not a valid command. Type /help for more info.")
end

return M
