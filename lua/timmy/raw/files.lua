--- Paths that the script API accepts: inside the server's data folder, so that nothing outside is read or written.
local guard = require("timmy.game.guard")

local M = {}

--- Limits of the file systems.
local LONGEST_PATH, LONGEST_NAME = 4000, 255
--- The largest map tile that the server accepts, in bytes.
local LARGEST_IMAGE = 1800

local function has_long_name(path)
  for name in path:gmatch("[^/]+") do
    if #name > LONGEST_NAME then return true end
  end
  return false
end

--- A path in the data folder; it need not exist.
function M.path(value)
  if type(value) ~= "string" then return "must be a string" end
  local folder = guard.GetDataPath()
  if value ~= folder and value:sub(1, #folder + 1) ~= folder .. "/" then
    return "must be a path in the server's data folder: what GetDataPath gives, and / and a name"
  end
  if #value > LONGEST_PATH or has_long_name(value) then return "must be a path that the file system can hold" end
  if value:find("..", 1, true) or value:find("[%c\\]") then return "must have no .., backslash or control character" end
end

--- An existing folder that can be listed.
function M.folder(value)
  local wrong = M.path(value)
  if wrong then return wrong end
  local opened = io.open(value .. "/.", "r")
  if not opened then return "must be a folder that is there" end
  opened:close()
end

--- The image of a map tile to be written. Its suffix protects all other files of the data folder.
function M.new_image(value)
  local wrong = M.path(value)
  if wrong then return wrong end
  if not value:find("[^/]%.png$") then return "must end in .png" end
end

local function size_of(path)
  local opened = io.open(path, "rb")
  if not opened then return nil end
  local size = opened:seek("end")
  opened:close()
  return size
end

--- An existing image of a map tile. A larger file would be read completely while the game stands still.
function M.image(value)
  local wrong = M.new_image(value)
  if wrong then return wrong end
  local size = size_of(value)
  if not size then return "must be an image that is there" end
  if size > LARGEST_IMAGE then return "must be an image of at most " .. LARGEST_IMAGE .. " bytes" end
end

return M
