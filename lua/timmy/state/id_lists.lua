--- CoreScripts' lists and maps of ids for the wire: sorted, limited, and without values that are not ids.
local json = require("timmy.wire.json")

local M = {}

--- Whether a value is an id.
function M.is_id(value) return type(value) == "string" and value ~= "" end

--- The ids among a table's values, unique and sorted; at most `most`, and whether any were left out.
function M.list(ids, most)
  local seen, result = {}, {}
  for _, id in pairs(type(ids) == "table" and ids or {}) do
    if M.is_id(id) and not seen[id] then result[#result + 1] = id end
    seen[id] = true
  end
  table.sort(result)
  local kept = {}
  for position = 1, math.min(#result, most) do kept[position] = result[position] end
  return json.array(kept), #result > most
end

--- The ids among a table's keys, sorted; at most `most`, and whether any were left out.
function M.names(map, most)
  local result = {}
  for name in pairs(type(map) == "table" and map or {}) do result[#result + 1] = name end
  return M.list(result, most)
end

return M
