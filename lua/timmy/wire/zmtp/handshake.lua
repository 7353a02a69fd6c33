--- From greeting to READY: the server's side of NULL (RFC 23) and PLAIN (RFC 24), one entry for each step.
--
-- A step takes the command's data and returns { send=, next= | socket_type=, scopes=?, token_number=? } or {
-- refuse=reason, late=? }: `late` delays the refusal of a wrong token.
local command = require("timmy.wire.zmtp.command")
local same_secret = require("timmy.wire.zmtp.secret")

local M = {}

--- The socket types that a ROUTER can talk to (RFC 28), except ROUTER: the bridge needs one side that sends requests.
local WELCOME_TYPES = { DEALER = true, REQ = true }
--- RFC 24's reason for wrong credentials.
local WRONG_CREDENTIALS = "400"

local function ready()
  return command.encode("READY", command.property("Socket-Type", "ROUTER"))
end

local function check_metadata(data)
  local properties = command.decode_metadata(data)
  if not properties then return { refuse = "malformed metadata" } end
  local socket_type = properties["socket-type"]
  if not socket_type then return { refuse = "Socket-Type is missing" } end
  if not WELCOME_TYPES[socket_type] then return { refuse = "connect a DEALER or REQ socket" } end
  return { send = ready(), socket_type = socket_type }
end

local function read_credentials(data)
  local username, at = command.read_short(data, 1)
  if not username then return nil end
  local password, stop = command.read_short(data, at)
  if not password or stop <= #data then return nil end
  return username, password
end

--- The token that equals the password, and its number. All tokens are compared, so that the time reveals nothing.
local function find(password, tokens)
  local match, at
  for number, token in ipairs(tokens) do
    if same_secret(token.secret, password) then match, at = token, number end
  end
  return match, at
end

local function check_credentials(data, tokens)
  local username, password = read_credentials(data)
  if not username then return { refuse = "malformed HELLO" } end
  local token, number = find(password, tokens)
  if not token then return { refuse = WRONG_CREDENTIALS, late = true } end
  return { send = command.encode("WELCOME"), next = "INITIATE", scopes = token.scopes, token_number = number }
end

local FIRST = { NULL = "READY", PLAIN = "HELLO" }
local STEPS = { READY = check_metadata, HELLO = check_credentials, INITIATE = check_metadata }

--- The first command of each mechanism.
function M.first(mechanism)
  return FIRST[mechanism]
end

--- The reaction to a peer's command while `expected` is due.
function M.step(expected, name, data, tokens)
  if name ~= expected then return { refuse = expected .. " was expected" } end
  return STEPS[expected](data, tokens)
end

--- The ERROR command that tells a peer why it was refused.
function M.error(reason)
  return command.encode("ERROR", command.short(reason:sub(1, 255)))
end

return M
