--- Which commands a player could be given now, and why the others would be declined: as the commands themselves say.
local commands = require("timmy.commands.registry")
local json = require("timmy.wire.json")

--- The sections by the lists of names in them, which stay the same while a player's state allows the same.
local known = setmetatable({}, { __mode = "k" })

local function section_of(names, unavailable)
  known[names] = json.constant({ commands = json.array(names), unavailable = json.object(unavailable) })
  return known[names]
end

return function(pid, options)
  local context = { raw = options.allow_raw, chat_command = true, now = options.now, fresh = options.fresh }
  local names, unavailable = commands.available(pid, context)
  return known[names] or section_of(names, unavailable)
end
