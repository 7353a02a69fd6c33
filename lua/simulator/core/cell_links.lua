--- A cell's objects that are made of generated records: the cell stores the objects, the record's store the cell.
local table_helper = require("simulator.core.table_helper")

local M = {}

function M:AddLinkToRecord(storeType, recordId, uniqueIndex)
  local store, links = RecordStores[storeType], self.data.recordLinks
  if store == nil then
    return
  end
  links[storeType] = links[storeType] or {}
  links[storeType][recordId] = links[storeType][recordId] or {}
  table_helper.insertValueIfMissing(links[storeType][recordId], uniqueIndex)
  store:AddLinkToCell(recordId, self)
  store:QuicksaveToDrive()
end

function M:RemoveLinkToRecord(storeType, recordId, uniqueIndex)
  local store, links = RecordStores[storeType], self.data.recordLinks
  local indexes = links[storeType] and links[storeType][recordId]
  if store == nil or indexes == nil then
    return
  end
  table_helper.removeValue(indexes, uniqueIndex)
  if next(indexes) == nil then
    links[storeType][recordId] = nil
    store:RemoveLinkToCell(recordId, self)
    store:QuicksaveToDrive()
  end
end

function M:ClearRecordLinks()
  for storeType, records in pairs(self.data.recordLinks) do
    for recordId, indexes in pairs(table_helper.shallowCopy(records)) do
      for _, uniqueIndex in pairs(table_helper.shallowCopy(indexes)) do
        self:RemoveLinkToRecord(storeType, recordId, uniqueIndex)
      end
    end
  end
end

--- Sends a visitor the generated records that the cell's objects are made of.
function M:LoadGeneratedRecords(pid)
  for storeType, records in pairs(self.data.recordLinks) do
    local store = RecordStores[storeType]
    if store ~= nil then
      store:LoadGeneratedRecords(pid, store.data.generatedRecords, table_helper.getArrayFromIndexes(records))
    end
  end
end

return M
