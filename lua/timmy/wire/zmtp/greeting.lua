--- The 64 bytes with which both sides begin (RFC 37, "Greeting").
local M = {}

local byte = string.byte

M.SIZE = 64
local SIGNATURE = "\255" .. ("\0"):rep(8) .. "\127"
local VERSION = "\3\1"
local MECHANISM_SIZE = 20
local FILLER = ("\0"):rep(31)
local MAJOR = 3
local AT_SIGNATURE_END, AT_MAJOR, AT_MINOR, AT_MECHANISM = 10, 11, 12, 13

local function padded(mechanism)
  return mechanism .. ("\0"):rep(MECHANISM_SIZE - #mechanism)
end

--- Our greeting. A PLAIN listener checks the credentials, so it is as-server.
function M.encode(mechanism)
  local as_server = mechanism == "PLAIN" and "\1" or "\0"
  return SIGNATURE .. VERSION .. padded(mechanism) .. as_server .. FILLER
end

--- What is wrong with the beginning of a peer's greeting, as soon as it shows; nil while it is valid. A newer peer uses
-- our version when it sees it (RFC 37, "Version Negotiation"), an older one can't.
function M.fault(start, mechanism)
  if #start >= 1 and byte(start) ~= 0xFF then return "this is not ZMTP" end
  if #start >= AT_SIGNATURE_END and byte(start, AT_SIGNATURE_END) ~= 0x7F then return "this is not ZMTP" end
  if #start >= AT_MAJOR and byte(start, AT_MAJOR) < MAJOR then return "the peer's ZMTP is older than 3.0" end
  if #start < M.SIZE then return nil end
  local offered = start:sub(AT_MECHANISM, AT_MECHANISM + MECHANISM_SIZE - 1)
  if offered ~= padded(mechanism) then return "the peer's mechanism is not " .. mechanism end
end

--- Whether the peer's version has PING and PONG (3.1 and later).
function M.has_heartbeats(greeting)
  return byte(greeting, AT_MAJOR) > MAJOR or byte(greeting, AT_MINOR) >= 1
end

return M
