--- The tokens for PLAIN and their scopes, from a file that only its owner can read.
--
-- One token on each line, followed by its scopes; without any it has all of them but `operate`. A line that begins with
-- # is a comment.
--
--   7jX2...kQ            (observe act chat_command raw)
--   pR9c...0w observe
local permissions = require("timmy.wire.permissions")

local M = {}

--- The longest token that PLAIN can carry (RFC 24: one byte of length), and the shortest that can't be guessed.
local MAX_BYTES, MIN_BYTES = 255, 16

--- statx(2): the only call for a file's mode and owner whose layout is the same on every architecture and C library.
local AT_EMPTY_PATH, STATX_MODE_AND_UID = 0x1000, 2 + 8
local STATX_BYTES, UID_OFFSET, MODE_OFFSET = 256, 20, 28
local GROUP_AND_OTHERS = 63 -- octal 077

--- The mode and owner of an open file, not of its name, which another file may have by now.
local function facts_of(file)
  local ffi, posix = require("ffi"), require("timmy.server.posix")
  local result = ffi.new("uint8_t[?]", STATX_BYTES)
  local descriptor = ffi.cast("long", posix.C.fileno(file))
  local status = posix.C.syscall(posix.STATX_NUMBER, descriptor, ffi.cast("const char *", ""),
    ffi.cast("long", AT_EMPTY_PATH), ffi.cast("long", STATX_MODE_AND_UID), result)
  if status ~= 0 then return nil end
  local owner = 0
  for index = 3, 0, -1 do owner = owner * 256 + result[UID_OFFSET + index] end
  return { mode = result[MODE_OFFSET] + result[MODE_OFFSET + 1] * 256, owner = owner, own = posix.C.geteuid() }
end

--- Why an open token file is not secret; nil if it is, or if that can't be checked (no FFI, an old kernel).
local function exposure(file, path)
  local known, facts = pcall(facts_of, file)
  if not known or not facts then return nil end
  if facts.owner ~= facts.own and facts.owner ~= 0 then
    return ("belongs to another user (uid %d), who knows the token: make one of your own"):format(facts.owner)
  end
  if facts.mode % (GROUP_AND_OTHERS + 1) ~= 0 then return "is open to others: run `chmod 600 " .. path .. "`" end
end

local function advice(path)
  return "put at least " .. MIN_BYTES .. " random characters in a file that only its owner can read, e.g. "
    .. "`umask 077; head -c 24 /dev/urandom | base64 > " .. path .. "`"
end

--- The most tokens in a file: a client's token is compared with all of them.
local MAX_TOKENS, MAX_FILE_BYTES = 16, 16384

--- The contents of a token file; or nil, why it can't be read, and why it must not be.
local function content_of(path)
  local file, why = io.open(path, "rb")
  if not file then return nil, why end
  local exposed = exposure(file, path)
  local content = not exposed and (file:read(MAX_FILE_BYTES) or "") or nil
  file:close()
  return content, nil, exposed
end

local function scopes_of(words)
  local scopes = {}
  for word in words:gmatch("[^%s,]+") do
    if not permissions.is_scope(word) then return nil, word end
    scopes[word] = true
  end
  return next(scopes) and scopes or permissions.EVERYTHING
end

--- A line's token, or nil and what is wrong with it, without the secret.
local function token_of(line)
  local secret, words = line:match("^(%S+)%s*(.*)$")
  if #secret < MIN_BYTES or #secret > MAX_BYTES then
    return nil, ("must hold %d to %d characters"):format(MIN_BYTES, MAX_BYTES)
  end
  local scopes, unknown = scopes_of(words)
  if not scopes then
    local known = table.concat(permissions.NAMES, ", ")
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

--- The tokens, each { secret =, scopes = { [scope] = true } }; nil and what to do if there are none.
function M.read(path)
  local content, why, exposed = content_of(path)
  if exposed then return nil, "token_file " .. path .. " " .. exposed end
  if not content then return nil, "token_file can't be read (" .. why .. "): " .. advice(path) end
  local tokens, wrong = tokens_of(content)
  if not tokens then return nil, ("token_file %s: %s: %s"):format(path, wrong, advice(path)) end
  return tokens
end

return M
