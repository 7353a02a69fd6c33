--- CoreScripts' lists and maps of ids for the wire: sorted, limited, and without values that are not ids.
local json = require("timmy.wire.json")

local M = {}

--- Whether a value is an id.
function M.is_id(value) return type(value) == "string" and value ~= "" end

--- The ids among a table's values, unique and sorted; at most `most`, and whether any were left out.
function M.list(ids, most)
  local seen, found = {}, {}
  for _, id in pairs(type(ids) == "table" and ids or {}) do
    if M.is_id(id) and not seen[id] then found[#found + 1] = id end
    seen[id] = true
  end
  table.sort(found)
  local kept = {}
  for position = 1, math.min(#found, most) do kept[position] = found[position] end
  return json.array(kept), #found > most
end

--- The ids among a table's keys, sorted; at most `most`, and whether any were left out.
function M.names(map, most)
  local found = {}
  for name in pairs(type(map) == "table" and map or {}) do found[#found + 1] = name end
  return M.list(found, most)
end

return M
