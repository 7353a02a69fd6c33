--- UTF-8 as Unicode defines it (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF.
local M = {}

local byte, find, sub = string.byte, string.find, string.sub

local REPLACEMENT = "\239\191\189" -- U+FFFD

--- How many continuation bytes a lead byte asks for, and the range of the first of them (RFC 3629, section 4).
local function shape_of(lead)
  if lead >= 0xC2 and lead <= 0xDF then return 1, 0x80, 0xBF end
  if lead == 0xE0 then return 2, 0xA0, 0xBF end
  if lead == 0xED then return 2, 0x80, 0x9F end
  if lead >= 0xE1 and lead <= 0xEF then return 2, 0x80, 0xBF end
  if lead == 0xF0 then return 3, 0x90, 0xBF end
  if lead >= 0xF1 and lead <= 0xF3 then return 3, 0x80, 0xBF end
  if lead == 0xF4 then return 3, 0x80, 0x8F end
end

--- Length of the sequence at `at`, and whether it is a valid character; an invalid sequence ends before its first wrong
-- byte.
local function measure(text, at)
  local lead = byte(text, at)
  if lead < 0x80 then return 1, true end
  local continuations, low, high = shape_of(lead)
  if not continuations then return 1, false end
  for offset = 1, continuations do
    local following = byte(text, at + offset)
    if not following or following < low or following > high then return offset, false end
    low, high = 0x80, 0xBF
  end
  return continuations + 1, true
end

--- Position of the first byte that is not part of a valid character, or nil.
function M.first_invalid(text)
  local at = find(text, "[\128-\255]")
  while at do
    local length, valid = measure(text, at)
    if not valid then return at end
    at = find(text, "[\128-\255]", at + length)
  end
end

--- The text with every broken sequence replaced by U+FFFD, as many as Python's errors="replace" makes.
function M.repair(text)
  if not M.first_invalid(text) then return text end
  local pieces, at = {}, 1
  while at <= #text do
    local length, valid = measure(text, at)
    pieces[#pieces + 1] = valid and sub(text, at, at + length - 1) or REPLACEMENT
    at = at + length
  end
  return table.concat(pieces)
end

--- Number of characters of a valid text.
function M.length(text)
  local _, continuations = string.gsub(text, "[\128-\191]", "")
  return #text - continuations
end

--- A code point (0 to 0x10FFFF) as bytes.
function M.encode(point)
  local char, floor = string.char, math.floor
  if point < 0x80 then return char(point) end
  local last = 0x80 + point % 0x40
  if point < 0x800 then return char(0xC0 + floor(point / 0x40), last) end
  local middle = 0x80 + floor(point / 0x40) % 0x40
  if point < 0x10000 then return char(0xE0 + floor(point / 0x1000), middle, last) end
  return char(0xF0 + floor(point / 0x40000), 0x80 + floor(point / 0x1000) % 0x40, middle, last)
end

return M
