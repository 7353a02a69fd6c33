--- CoreScripts save to JSON files; the embedded world keeps their contents in memory, one table for each file.
local table_helper = require("simulator.core.table_helper")

local M = { files = {} }

local LONGEST_NAME = 255 -- bytes, on every common file system

function M.reset()
  M.files = {}
end

--- False if a file system could not write it.
function M.save(name, data)
  if #name:match("[^/]*$") > LONGEST_NAME then
    return false
  end
  M.files[name] = table_helper.deepCopy(data)
  return true
end

function M.load(name)
  return table_helper.deepCopy(M.files[name])
end

--- An owner of `data`, like CoreScripts' players, cells and world. A quick save only counts: nothing reads it back.
function M.mixin(class)
  function class:QuicksaveToDrive()
    self.saves = (self.saves or 0) + 1
  end
  function class:SaveToDrive()
    self:QuicksaveToDrive()
    M.save(self.file, self.data)
  end
  class.Save = class.SaveToDrive
  return class
end

return M
