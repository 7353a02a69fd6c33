--- CoreScripts' saves, written whole or not at all.
--
-- CoreScripts write over a save where it lies, and need a whole one to load a player or a cell: a server that is killed
-- meanwhile leaves half of one. The bridge saves with every command, so a killed server would often be met there. Here
-- a save is written beside the old one and put in its place, which the file system does in one step.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")

local M = {}

--- What the name of a save that is being written ends in; a killed server may leave one, and the next save takes it.
local UNFINISHED = ".unfinished"

local function fill(file, content)
  local written = file:write(content)
  return file:close() and written
end

--- Whether it was saved; nil where nothing was tried, because no file can be made beside the save.
local function save_beside(path, content)
  local beside = path .. UNFINISHED
  local file = io.open(beside, "wb")
  if not file then return nil end
  if not fill(file, content) then
    os.remove(beside)
    return false
  end
  if os.rename(beside, path) then return true end
  os.remove(beside)
  return nil
end

--- Has CoreScripts save like that from now on, wherever the system lets a file take another's place.
function M.install()
  local interface = _G.jsonInterface
  if type(interface) ~= "table" or type(interface.writeToFile) ~= "function" then return end
  local write_over, data_path = interface.writeToFile, guard.GetDataPath()
  interface.writeToFile = function(name, content)
    local folder, saved = corescripts.setting("dataPath", data_path), nil
    if type(name) == "string" and type(content) == "string" then saved = save_beside(folder .. "/" .. name, content) end
    if saved == nil then return write_over(name, content) end
    return saved
  end
end

return M
