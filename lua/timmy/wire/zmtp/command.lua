--- ZMTP commands: a name and data, and the metadata that READY and INITIATE carry (RFC 37).
local frames = require("timmy.wire.zmtp.frames")

local M = {}

local byte, char, sub = string.byte, string.char, string.sub

--- A command frame.
function M.encode(name, data)
  return frames.encode(frames.COMMAND, char(#name) .. name .. (data or ""))
end

--- Text with its length in one byte before it.
function M.short(text)
  return char(#text) .. text
end

--- One property of metadata; our values are shorter than 256 bytes.
function M.property(name, value)
  return M.short(name) .. "\0\0\0" .. char(#value) .. value
end

--- Decodes text with its length before it: the text, and the position after it; nil if it is incomplete.
function M.read_short(data, at)
  local length = byte(data, at)
  if not length or at + length > #data then return nil end
  return sub(data, at + 1, at + length), at + length + 1
end

--- A command frame's body as name and data; nil when it is malformed: a name is letters (RFC 37, ALPHA).
function M.decode(body)
  local name, at = M.read_short(body, 1)
  if not name or not name:find("^%a+$") then return nil end
  return name, sub(body, at)
end

local function read_value(data, at)
  if at + 3 > #data then return nil end
  local a, b, c, d = byte(data, at, at + 3)
  local length = ((a * 256 + b) * 256 + c) * 256 + d
  local stop = at + 3 + length
  if stop > #data then return nil end
  return sub(data, at + 4, stop), stop + 1
end

--- Metadata as a table by lower-case name (names ignore case); nil when it is malformed.
function M.decode_metadata(data)
  local properties, at = {}, 1
  while at <= #data do
    local name, value
    name, at = M.read_short(data, at)
    if not name or name == "" then return nil end
    value, at = read_value(data, at)
    if not value then return nil end
    properties[name:lower()] = value
  end
  return properties
end

return M
