--- Which commands a player could be given now, and why the others would be declined: as the commands themselves say.
local commands = require("timmy.commands.registry")
local json = require("timmy.wire.json")

return function(pid, options)
  local names, unavailable = commands.available(pid, { raw = options.allow_raw, chat_command = true })
  return { commands = json.array(names), unavailable = json.object(unavailable) }
end
