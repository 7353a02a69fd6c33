--- The lists that Lua selects with Read* and then reads by index. That one is selected, and that an index is inside it,
-- are preconditions: they are checked before what is here runs (see preconditions.lua).
local M = {}

function M.entry(server, kind, index)
  return server.selected[kind].entries[index + 1]
end

--- Defines getters that read a field of the entry at an index.
function M.fields(server, define, kind, fields)
  for name, field in pairs(fields) do
    define(name, function(index) return M.entry(server, kind, index)[field] end)
  end
end

return M
