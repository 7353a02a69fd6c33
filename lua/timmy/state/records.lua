--- Records that were created at run time: CoreScripts keep them in stores by type. All other records are in the
-- clients' data files; the server knows only their ids.
local corescripts = require("timmy.game.corescripts")

local M = {}

local function record_in(store, ref_id)
  local data = corescripts.data_of(store)
  local generated = corescripts.table_or_none(data.generatedRecords)[ref_id]
  return generated or corescripts.table_or_none(data.permanentRecords)[ref_id]
end

--- The record and its store's type (`npc`, `door`, `weapon`, ...); nil for one of the data files.
function M.find(ref_id)
  for kind, store in pairs(corescripts.global("RecordStores")) do
    local record = record_in(store, ref_id)
    if type(record) == "table" then return record, kind end
  end
  return nil
end

--- The name that a record got at run time, or nil.
function M.name_of(ref_id)
  local record = M.find(ref_id)
  return record and type(record.name) == "string" and record.name ~= "" and record.name or nil
end

return M
