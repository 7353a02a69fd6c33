--- From greeting to READY: the server's side of NULL (RFC 23) and PLAIN (RFC 24), one row a step.
--
-- A step takes the command's data and gives { send=, next= | socket_type= } or { refuse=reason }.
local command = require("timmy.zmtp.command")
local same_secret = require("timmy.zmtp.secret")

local M = {}

--- Whom a ROUTER can talk to (RFC 28), less ROUTER: the bridge has one side that asks.
local WELCOME_TYPES = { DEALER = true, REQ = true }
--- RFC 24's reason for credentials that are wrong.
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

local function check_credentials(data, token)
  local username, password = read_credentials(data)
  if not username then return { refuse = "malformed HELLO" } end
  if not same_secret(token, password) then return { refuse = WRONG_CREDENTIALS } end
  return { send = command.encode("WELCOME"), next = "INITIATE" }
end

local FIRST = { NULL = "READY", PLAIN = "HELLO" }
local STEPS = { READY = check_metadata, HELLO = check_credentials, INITIATE = check_metadata }

--- The command that a mechanism begins with.
function M.first(mechanism)
  return FIRST[mechanism]
end

--- What follows from a peer's command while `expected` is due.
function M.step(expected, name, data, token)
  if name ~= expected then return { refuse = expected .. " was expected" } end
  return STEPS[expected](data, token)
end

--- The ERROR command that tells a peer why it is refused.
function M.refusal(reason)
  return command.encode("ERROR", command.short(reason:sub(1, 255)))
end

return M
