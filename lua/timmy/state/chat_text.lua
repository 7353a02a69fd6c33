--- The visible lines of a chat message, without colour codes.
local utf8 = require("timmy.wire.utf8")

local M = {}

--- The longest line passed on, in bytes: players type less, but a client may send any length.
M.LONGEST_LINE = 1024
local CUT = "\226\128\166" -- an ellipsis, so that a reader sees that there was more

--- After a "#" the window (MyGUI text without its tags) takes the next six characters as a colour; "##" is a visible
-- "#".
--- "#" to read.
local CHARACTER = "[%z\1-\127\194-\244][\128-\191]*"
local COLOUR = "^#" .. CHARACTER:rep(6)

local function after_mark(text, at)
  local _, last = text:find(COLOUR, at)
  return (last or #text) + 1
end

local function without_colours(text)
  local pieces, from = {}, 1
  local at = text:find("#", 1, true)
  while at do
    local is_sign = text:sub(at + 1, at + 1) == "#"
    pieces[#pieces + 1] = text:sub(from, is_sign and at or at - 1)
    from = is_sign and at + 2 or after_mark(text, at)
    at = text:find("#", from, true)
  end
  pieces[#pieces + 1] = text:sub(from)
  return table.concat(pieces)
end

local function shortened(line, longest)
  if #line <= longest then return line end
  local kept = line:sub(1, longest - #CUT)
  return kept:gsub("[\194-\244][\128-\191]*$", "") .. CUT
end

--- A text as a window shows it: without colour codes, at most `longest` bytes.
function M.visible(text, longest)
  return shortened(without_colours(utf8.repair(text)), longest)
end

--- The visible lines of a message, in order, without empty ones; at most the last `most`.
function M.lines(message, most)
  local lines = {}
  for line in without_colours(utf8.repair(message)):gmatch("[^\n]+") do
    if line:find("%S") then lines[#lines + 1] = shortened(line, M.LONGEST_LINE) end
    if #lines > most then table.remove(lines, 1) end
  end
  return lines
end

return M
