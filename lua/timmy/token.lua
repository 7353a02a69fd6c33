--- The secret that PLAIN asks for, from a file that only its owner can read.
local M = {}

--- What PLAIN can carry at most (RFC 24: one byte of length), and less than this could be guessed.
local MAX_BYTES, MIN_BYTES = 255, 16

--- statx(2): the one way to a file's mode whose layout is the same on every architecture and C library.
local AT_FDCWD, STATX_MODE = -100, 2
local STATX_BYTES, MODE_OFFSET = 256, 28
local GROUP_AND_OTHERS = 63 -- octal 077

local function file_mode(path)
  local ffi, posix = require("ffi"), require("timmy.posix")
  local result = ffi.new("uint8_t[?]", STATX_BYTES)
  local arguments = { ffi.cast("long", AT_FDCWD), ffi.cast("const char *", path), ffi.cast("long", 0) }
  local status = posix.C.syscall(posix.STATX_NUMBER, arguments[1], arguments[2], arguments[3],
    ffi.cast("long", STATX_MODE), result)
  if status ~= 0 then return nil end
  return result[MODE_OFFSET] + result[MODE_OFFSET + 1] * 256
end

--- Whether others than the owner may read or write the file; nil where nothing can tell (no FFI, an old kernel).
function M.is_open_to_others(path)
  local known, mode = pcall(file_mode, path)
  if not known or not mode then return nil end
  return mode % (GROUP_AND_OTHERS + 1) ~= 0
end

local function advice(path)
  return "put at least " .. MIN_BYTES .. " random characters in a file that only its owner can read, e.g. "
    .. "`umask 077; head -c 24 /dev/urandom | base64 > " .. path .. "`"
end

local function content_of(path)
  local file, why = io.open(path, "rb")
  if not file then return nil, why end
  -- One byte more than is allowed, and room for white space around it.
  local content = file:read(4 * MAX_BYTES) or ""
  file:close()
  return content:match("^%s*(.-)%s*$")
end

--- The token; nil and what to do when there is none to be had.
function M.read(path)
  local token, why = content_of(path)
  if not token then return nil, "token_file can't be read (" .. why .. "): " .. advice(path) end
  if M.is_open_to_others(path) then
    return nil, "token_file " .. path .. " is open to others: run `chmod 600 " .. path .. "`"
  end
  if #token < MIN_BYTES or #token > MAX_BYTES then
    return nil, ("token_file %s must hold %d to %d characters: %s"):format(path, MIN_BYTES, MAX_BYTES, advice(path))
  end
  return token
end

return M
