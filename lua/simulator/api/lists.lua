--- Lists that Lua selects with Read* and then reads by index. A selected list and an index inside it are preconditions,
-- checked before this code runs (see preconditions.lua).
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
