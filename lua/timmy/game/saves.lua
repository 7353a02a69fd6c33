--- Atomic saves for CoreScripts.
--
-- CoreScripts overwrite a save in place, and need a complete one to load a player or a cell: a server that is killed
-- during a write leaves half a file. The bridge saves with every command, which makes this likely. Here a save is
-- written to another file, which then replaces the old one; the file system does that in one step.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")

local M = {}

--- The suffix of a save that is being written. A killed server may leave such a file; the next save overwrites it.
local UNFINISHED = ".unfinished"

local function fill(file, content)
  local written = file:write(content)
  return file:close() and written
end

--- Whether the file was saved; nil if no file can be created beside the save, so nothing was tried.
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

--- Makes CoreScripts save atomically, if the system lets a file replace another.
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
