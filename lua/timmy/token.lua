--- The secrets that PLAIN asks for, and what each is good for, from a file that only its owner can read.
--
-- One token a line, and after it its scopes; without any it has them all. A line that begins with # is a remark.
--
--   7jX2...kQ            (observe act chat_command raw)
--   pR9c...0w observe
local all_scopes = require("timmy.scopes")

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

--- Each is compared with what a client says, whichever fits, so they are not to be many.
local MAX_TOKENS, MAX_FILE_BYTES = 16, 16384

local function content_of(path)
  local file, why = io.open(path, "rb")
  if not file then return nil, why end
  local content = file:read(MAX_FILE_BYTES) or ""
  file:close()
  return content
end

local function scopes_of(words)
  local scopes = {}
  for word in words:gmatch("[^%s,]+") do
    if not all_scopes.EVERYTHING[word] then return nil, word end
    scopes[word] = true
  end
  return next(scopes) and scopes or all_scopes.EVERYTHING
end

--- A line's token, or nil and what is wrong with it; the secret itself is never said.
local function token_of(line)
  local secret, words = line:match("^(%S+)%s*(.*)$")
  if #secret < MIN_BYTES or #secret > MAX_BYTES then
    return nil, ("must hold %d to %d characters"):format(MIN_BYTES, MAX_BYTES)
  end
  local scopes, unknown = scopes_of(words)
  if not scopes then
    local known = table.concat(all_scopes.NAMES, ", ")
    return nil, ("has the scope %q after its token; there are: %s"):format(unknown, known)
  end
  return { secret = secret, scopes = scopes }
end

local function tokens_of(content)
  local tokens, number = {}, 0
  for line in (content .. "\n"):gmatch("([^\n]*)\n") do
    number = number + 1
    local text = line:match("^%s*(.-)%s*$")
    if text ~= "" and text:sub(1, 1) ~= "#" then
      local token, wrong = token_of(text)
      if not token then return nil, "line " .. number .. " " .. wrong end
      tokens[#tokens + 1] = token
    end
  end
  if #tokens == 0 then return nil, "holds no token" end
  if #tokens > MAX_TOKENS then return nil, "holds more than " .. MAX_TOKENS .. " tokens" end
  return tokens
end

--- The tokens, each { secret =, scopes = { [scope] = true } }; nil and what to do when there is none to be had.
function M.read(path)
  local content, why = content_of(path)
  if not content then return nil, "token_file can't be read (" .. why .. "): " .. advice(path) end
  if M.is_open_to_others(path) then
    return nil, "token_file " .. path .. " is open to others: run `chmod 600 " .. path .. "`"
  end
  local tokens, wrong = tokens_of(content)
  if not tokens then return nil, ("token_file %s: %s: %s"):format(path, wrong, advice(path)) end
  return tokens
end

return M
