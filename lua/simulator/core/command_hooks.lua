--- customCommandHooks: chat commands that scripts register, run by a validator of the chat event (CoreScripts 0.8.1).
--- Running a command prevents the default behaviour; a command that the player may not run goes on to it.
local M = {}

local SIGN = "/"

--- The words of a chat command, its name first; nil if the line is not a command.
function M.words(message)
  return message:sub(1, 1) == SIGN and message:sub(2):split(" ") or nil
end

local function permits(hooks, name, pid)
  local names, rank = hooks.nameRequirement[name], hooks.rankRequirement[name]
  if names ~= nil then
    return tableHelper.containsValue(names, Players[pid].accountName)
  end
  return rank == nil or Players[pid].data.settings.staffRank >= rank
end

local function new_validator(hooks)
  return function(_, pid, message)
    local words = M.words(message)
    local callback = words and hooks.commands[words[1]]
    if callback and permits(hooks, words[1], pid) then
      callback(pid, words)
      return customEventHooks.makeEventStatus(false, nil)
    end
  end
end

local function add_registrations(hooks)
  function hooks.registerCommand(name, callback)
    hooks.commands[name] = callback
  end
  function hooks.removeCommand(name)
    hooks.commands[name], hooks.rankRequirement[name], hooks.nameRequirement[name] = nil, nil, nil
  end
  function hooks.getCallback(name)
    return hooks.commands[name]
  end
  function hooks.setRankRequirement(name, rank)
    if hooks.commands[name] ~= nil then hooks.rankRequirement[name] = rank end
  end
  function hooks.setNameRequirement(name, names)
    if hooks.commands[name] ~= nil then hooks.nameRequirement[name] = names end
  end
end

--- The published table, and the validator that must be registered before any script's.
function M.new()
  local hooks = { commands = {}, rankRequirement = {}, nameRequirement = {} }
  add_registrations(hooks)
  hooks.validator = new_validator(hooks)
  return hooks
end

return M
