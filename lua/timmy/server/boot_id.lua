--- The identity of this server process: it changes with each start of the server.
local M = {}

local BYTES = 16

local function random_bytes()
  local source = io.open("/dev/urandom", "rb")
  local bytes = source and source:read(BYTES)
  if source then source:close() end
  return bytes
end

--- The fallback without a source of random bytes: the time and the address of a table.
local function unlikely_text()
  return ("%x-%x-%s"):format(os.time(), math.floor(os.clock() * 1e6), tostring({}):match("0x(%x+)") or "")
end

--- A new identity, different for each start of a server.
function M.new_id()
  local bytes = random_bytes()
  if not bytes then return unlikely_text() end
  return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

return M
