--- The identity of this server process: another boot is another world's history.
local M = {}

local BYTES = 16

local function random_bytes()
  local source = io.open("/dev/urandom", "rb")
  local bytes = source and source:read(BYTES)
  if source then source:close() end
  return bytes
end

--- Where nothing random can be read: the time, and where this process happens to keep a table.
local function unlikely_text()
  return ("%x-%x-%s"):format(os.time(), math.floor(os.clock() * 1e6), tostring({}):match("0x(%x+)") or "")
end

--- A text that no other start of a server has.
function M.new_id()
  local bytes = random_bytes()
  if not bytes then return unlikely_text() end
  return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

return M
