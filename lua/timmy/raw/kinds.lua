--- Kinds of arguments of the script API: narrower than the argument's type where some values of the type can do harm.
--
-- A kind takes a value and returns nil, or what is wrong with it. NaN and infinity are never within bounds.
local cells = require("timmy.state.cells")
local declarations = require("timmy.wire.declarations")
local files = require("timmy.raw.files")
local numbers = require("timmy.wire.numbers")
local ranges = require("timmy.game.kinds").RANGES
local utf8 = require("timmy.wire.utf8")

local M = {}

--- The longest text, in bytes: a script's source, and half of the 64 KiB that a packet's string carries.
M.LONGEST_TEXT = 32768

--- A checksum has 32 bits, which are eight hexadecimal digits.
local LONGEST_CHECKSUM = 8

local INT, UNSIGNED, UNSIGNED_SHORT = ranges.int[2], 4294967295, 65535

--- What each kind accepts, in words, for the page that documents every argument.
M.words = {}

--- A whole number within bounds, both included.
function M.whole(low, high)
  local words = string.format("a whole number from %.0f to %.0f", low, high)
  local function judge(value)
    if not numbers.is_whole(value, low, high) then return "must be " .. words end
  end
  M.words[judge] = words
  return judge
end

function M.boolean(value)
  if type(value) ~= "boolean" then return "must be true or false" end
end

function M.number(value)
  if not numbers.is_finite(value) then return "must be a number below 1e14" end
end

--- C++ ends a text at a NUL byte, and only the game's own texts may contain invalid UTF-8.
function M.text(value)
  if type(value) ~= "string" then return "must be a string" end
  if #value > M.LONGEST_TEXT then return "must have at most " .. M.LONGEST_TEXT .. " bytes" end
  if value:find("\0", 1, true) then return "must have no NUL byte" end
  if utf8.first_invalid(value) then return "must be valid UTF-8" end
end

--- A faction's id.
function M.faction(value)
  return M.text(value) or (value:find("%u") and "must be in lower case: clients find no other") or nil
end

function M.cell(value)
  if cells.is_safe(value) then return nil end
  return string.format('must be a cell: "x, y" from -%d to %d, or an interior\'s name of at most %d bytes',
    cells.FARTHEST, cells.FARTHEST, cells.LONGEST)
end

--- Digits that are a number in both decimal and hexadecimal notation: it is not known how the server reads others.
-- Empty means any checksum.
function M.checksum(value)
  if type(value) ~= "string" or not value:find("^%d*$") or #value > LONGEST_CHECKSUM then
    return "must be a checksum of at most " .. LONGEST_CHECKSUM .. " digits, or empty for any"
  end
end

--- RakNet keeps 15 bytes of an address; `*` stands for any number.
function M.address(value)
  if type(value) ~= "string" or not value:find("^[%d.*]+$") or #value > 15 then
    return "must be an IPv4 address, where * stands for any number"
  end
end

M.int = M.whole(unpack(ranges.int))
M.unsigned = M.whole(0, UNSIGNED)
M.unsigned_short = M.whole(0, UNSIGNED_SHORT)
M.byte = M.whole(0, 255)
M.pid = M.whole(unpack(ranges.pid))
M.index = M.whole(0, INT)
M.attribute, M.any_attribute = M.whole(unpack(ranges.attribute)), M.whole(-1, ranges.attribute[2])
M.skill, M.any_skill = M.whole(unpack(ranges.skill)), M.whole(-1, ranges.skill[2])
M.grid = M.whole(-cells.FARTHEST, cells.FARTHEST)
M.weather, M.weather_or_none = M.whole(0, #declarations.WEATHER - 1), M.whole(-1, #declarations.WEATHER - 1)
M.path, M.folder, M.image, M.new_image = files.path, files.folder, files.image, files.new_image

M.words[M.boolean] = "true or false"
M.words[M.number] = "a number below 1e14"
M.words[M.text] = "a text of at most " .. M.LONGEST_TEXT .. " bytes, in UTF-8, without NUL"
M.words[M.address] = "an IPv4 address, where * stands for any number"
M.words[M.image] = "a .png image of at most 1800 bytes that is there, in the server's data folder"
M.words[M.new_image] = "a path that ends in .png, in the server's data folder"
M.words[M.pid] = "the slot of a player who is logged in"

return M
