--- The dialog box on a player's screen.
local dialogs = require("timmy.state.dialogs")
local json = require("timmy.wire.json")

local CLOSED = json.fragment(assert(json.encode({ open = json.null })))

return function(pid)
  local box = dialogs.of(pid)
  if not box then return CLOSED end
  box.fragment = box.fragment or json.fragment(assert(json.encode({ open = dialogs.perceived(box) })))
  return box.fragment
end
