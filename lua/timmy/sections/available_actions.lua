--- Which commands would be taken now for a player, and why the others wouldn't: what the commands say themselves.
local commands = require("timmy.commands.registry")
local json = require("timmy.wire.json")

return function(pid, options)
  local names, unavailable = commands.available(pid, { allow_raw = options.allow_raw, chat_commands = true })
  return { commands = json.array(names), unavailable = json.object(unavailable) }
end
