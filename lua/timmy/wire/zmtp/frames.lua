--- ZMTP 3.1 frames: a flags byte, a size of one byte or eight, a body (RFC 37, "Framing").
local M = {}

local byte, char, floor = string.byte, string.char, math.floor

M.MORE, M.LONG, M.COMMAND = 1, 2, 4
local KNOWN_FLAGS = 7
local SHORT_MAX = 255
local SHORT_HEADER, LONG_HEADER = 2, 9
-- Sizes are counted in doubles: exact to 2^53, far past every bound.
local HIGHEST_SIZE_BYTE_USED = 4

local function has(flags, flag)
  return floor(flags / flag) % 2 == 1
end

local function octet(size, place)
  return floor(size / place) % 256
end

local function long_size(size)
  return char(0, 0, 0, 0, octet(size, 0x1000000), octet(size, 0x10000), octet(size, 0x100), octet(size, 1))
end

--- A frame's header and body as one string; `flags` without LONG, which depends on the size.
function M.encode(flags, body)
  if #body <= SHORT_MAX then return char(flags, #body) .. body end
  return char(flags + M.LONG) .. long_size(#body) .. body
end

local function read_long_size(header)
  for index = 2, 1 + HIGHEST_SIZE_BYTE_USED do
    if byte(header, index) ~= 0 then return math.huge end
  end
  local a, b, c, d = byte(header, 6, 9)
  return ((a * 256 + b) * 256 + c) * 256 + d
end

local function flags_fault(flags)
  if flags > KNOWN_FLAGS then return "a frame has reserved flags" end
  if has(flags, M.COMMAND) and has(flags, M.MORE) then return "a command frame has the MORE flag" end
end

--- Removes a frame's header from the inbox: {size, more, command}; nil if it is incomplete; nil and an error if it is
-- wrong.
function M.take_header(inbox)
  if inbox.size < 1 then return nil end
  local flags = byte(inbox:peek(1))
  local fault = flags_fault(flags)
  if fault then return nil, fault end
  local long = has(flags, M.LONG)
  local header = inbox:take(long and LONG_HEADER or SHORT_HEADER)
  if not header then return nil end
  local size = long and read_long_size(header) or byte(header, 2)
  return { size = size, more = has(flags, M.MORE), command = has(flags, M.COMMAND) }
end

return M
