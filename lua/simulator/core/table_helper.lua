--- tableHelper: CoreScripts' functions about tables.
local M = {}

function M.getCount(inputTable)
  local count = 0
  for _ in pairs(inputTable) do
    count = count + 1
  end
  return count
end

function M.isEmpty(inputTable)
  return next(inputTable) == nil
end

function M.isArray(inputTable)
  return M.getCount(inputTable) == #inputTable
end

function M.getArrayFromIndexes(inputTable)
  local indexes = {}
  for index in pairs(inputTable) do
    table.insert(indexes, index)
  end
  return indexes
end

function M.getIndexByValue(inputTable, wanted)
  for index, value in pairs(inputTable) do
    if value == wanted then
      return index
    end
  end
  return nil
end

function M.containsValue(inputTable, wanted, checkNestedTables)
  for _, value in pairs(inputTable) do
    if value == wanted then
      return true
    elseif checkNestedTables and type(value) == "table" and M.containsValue(value, wanted, true) then
      return true
    end
  end
  return false
end

function M.containsKeyValue(inputTable, key, wanted)
  return inputTable[key] ~= nil and inputTable[key] == wanted
end

function M.insertValueIfMissing(inputTable, value)
  if not M.containsValue(inputTable, value) then
    table.insert(inputTable, value)
  end
end

--- Removes without leaving a hole in an array.
function M.cleanNils(inputTable)
  local values = {}
  for index, value in pairs(inputTable) do
    if type(index) == "number" then
      table.insert(values, { index = index, value = value })
      inputTable[index] = nil
    end
  end
  table.sort(values, function(one, other) return one.index < other.index end)
  for index, kept in ipairs(values) do
    inputTable[index] = kept.value
  end
end

function M.removeValue(inputTable, wanted)
  for index, value in pairs(inputTable) do
    if value == wanted then
      inputTable[index] = nil
    end
  end
  M.cleanNils(inputTable)
end

function M.getAnyValue(inputTable)
  local _, value = next(inputTable)
  return value
end

function M.shallowCopy(inputTable)
  local copy = {}
  for key, value in pairs(inputTable) do
    copy[key] = value
  end
  return copy
end

function M.deepCopy(value)
  if type(value) ~= "table" then
    return value
  end
  local copy = {}
  for key, inner in pairs(value) do
    copy[key] = M.deepCopy(inner)
  end
  return copy
end

return M
