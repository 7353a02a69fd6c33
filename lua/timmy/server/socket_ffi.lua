--- luasocket's interface on LuaJIT's FFI, for servers without luasocket: the part that the listener needs.
--
-- All sockets are non-blocking, so `settimeout` accepts 0 only. Addresses must be numeric, because a name lookup
-- blocks. Errors are luasocket's: nil, "timeout" | "closed" | the system's text, and what was done until then.
local ffi = require("ffi")
local posix = require("timmy.server.posix")

local M = { _VERSION = "timmy.server.socket_ffi" }

local C = posix.C
local RECEIVE_BYTES = 16384
local DEFAULT_BACKLOG = 32
local ALIASES = { ["*"] = "0.0.0.0", localhost = "127.0.0.1" }

local receive_buffer = ffi.new("uint8_t[?]", RECEIVE_BYTES)

local Socket = {}
Socket.__index = Socket

local function wrap(fd)
  return setmetatable({ fd = fd }, Socket)
end

local CLOSED_BY_PEER = { [posix.EPIPE] = true, [posix.ECONNRESET] = true, [posix.ENOTCONN] = true }

--- The last error as luasocket reports it.
local function reason()
  local number, text = posix.last_error()
  if number == posix.EAGAIN then return "timeout" end
  return CLOSED_BY_PEER[number] and "closed" or text
end

--- Repeats a call that a signal interrupted.
local function unless_interrupted(call, ...)
  local result
  repeat
    result = tonumber(call(...))
  until result >= 0 or ffi.errno() ~= posix.EINTR
  return result
end

local function to_address(host, port)
  local ipv4 = ffi.new("timmy_ipv4")
  local network_port = math.floor(port / 256) + port % 256 * 256
  if ffi.abi("be") then network_port = port end
  if C.inet_pton(posix.AF_INET, host, ipv4.address) == 1 then
    ipv4.family, ipv4.port = posix.AF_INET, network_port
    return ipv4, posix.AF_INET
  end
  local ipv6 = ffi.new("timmy_ipv6")
  if C.inet_pton(posix.AF_INET6, host, ipv6.address) == 1 then
    ipv6.family, ipv6.port = posix.AF_INET6, network_port
    return ipv6, posix.AF_INET6
  end
end

local function to_host_and_port(address)
  local family = ffi.cast("timmy_ipv4 *", address).family
  local kind = family == posix.AF_INET6 and "timmy_ipv6 *" or "timmy_ipv4 *"
  local typed, text = ffi.cast(kind, address), ffi.new("char[64]")
  if C.inet_ntop(family, typed.address, text, 64) == nil then return nil, reason() end
  local port = typed.port
  if ffi.abi("le") then port = math.floor(port / 256) + port % 256 * 256 end
  return ffi.string(text), port
end

--- Ignores a failure: the socket works without an option that the kernel lacks.
local function set_flag(fd, level, name, on)
  return C.setsockopt(fd, level, name, ffi.new("int[1]", on and 1 or 0), ffi.sizeof("int"))
end

local OPTIONS = {
  ["tcp-nodelay"] = { posix.IPPROTO_TCP, posix.TCP_NODELAY },
  reuseaddr = { posix.SOL_SOCKET, posix.SO_REUSEADDR },
  keepalive = { posix.SOL_SOCKET, posix.SO_KEEPALIVE },
}

--- Sets "tcp-nodelay", "reuseaddr" or "keepalive": 1, or nil and why not.
function Socket:setoption(name, on)
  local option = OPTIONS[name]
  if not option then return nil, "unknown option" end
  if not self.fd then return nil, "closed" end
  if set_flag(self.fd, option[1], option[2], on) ~= 0 then return nil, reason() end
  return 1
end

--- Accepts 0 only: these sockets don't block.
function Socket:settimeout(seconds) -- luacheck: ignore 212/self
  if seconds == 0 then return 1 end
  return nil, "these sockets don't block: the timeout must be 0"
end

--- The file descriptor; -1 once closed.
function Socket:getfd()
  return self.fd or -1
end

--- Closes the socket; may be called twice. It is not repeated after a signal, because Linux has closed the descriptor
-- by then.
function Socket:close()
  if self.fd then
    C.close(self.fd)
    self.fd = nil
  end
  return 1
end

local function name_of(self, call)
  if not self.fd then return nil, "closed" end
  local storage, size = ffi.new("timmy_ipv6"), ffi.new("uint32_t[1]", ffi.sizeof("timmy_ipv6"))
  if call(self.fd, storage, size) ~= 0 then return nil, reason() end
  return to_host_and_port(storage)
end

--- The local host and port.
function Socket:getsockname()
  return name_of(self, C.getsockname)
end

--- The remote host and port.
function Socket:getpeername()
  return name_of(self, C.getpeername)
end

-- Errors of a connection that ended before it was accepted: handled as if there had been none.
local NOBODY = { [posix.ECONNABORTED] = true, [posix.EPROTO] = true }

--- The next waiting connection; nil and "timeout" if there is none.
function Socket:accept()
  if not self.fd then return nil, "closed" end
  local fd = unless_interrupted(C.accept4, self.fd, nil, nil, posix.SOCK_NONBLOCK + posix.SOCK_CLOEXEC)
  if fd >= 0 then return wrap(fd) end
  if NOBODY[ffi.errno()] then return nil, "timeout" end
  return nil, reason()
end

--- One read of at most `count` bytes: text, or nil and why not.
local function receive_some(self, count)
  local got = unless_interrupted(C.recv, self.fd, receive_buffer, math.min(count, RECEIVE_BYTES), 0)
  if got > 0 then return ffi.string(receive_buffer, got) end
  if got == 0 then return nil, "closed" end
  return nil, reason()
end

--- Reads until the prefix and `count` more bytes are there, or no more arrive: text and nil, or text and the reason.
local function receive_upto(self, count, prefix)
  local pieces, missing, why = { prefix }, count - #prefix, nil
  while missing > 0 do
    local piece
    piece, why = receive_some(self, missing)
    if not piece then break end
    pieces[#pieces + 1], missing = piece, missing - #piece
  end
  return table.concat(pieces), why
end

--- `receive(n)`: exactly n bytes; `receive("*a")`: everything until the other side closes. Both include the prefix.
-- Otherwise nil, "timeout" or "closed", and the bytes received so far.
function Socket:receive(pattern, prefix)
  prefix = prefix or ""
  if not self.fd then return nil, "closed", prefix end
  local everything = pattern == "*a"
  if not everything and type(pattern) ~= "number" then return nil, "unsupported pattern", prefix end
  local text, why = receive_upto(self, everything and math.huge or pattern, prefix)
  if not why or (everything and why == "closed") then return text end
  return nil, why, text
end

--- Sends bytes i to j of a string: returns the index of the last byte sent; on failure nil, the reason, and that index.
function Socket:send(data, i, j)
  local sent, last = (i or 1) - 1, math.min(j or #data, #data)
  if not self.fd then return nil, "closed", sent end
  local start = ffi.cast("const uint8_t *", data)
  while sent < last do
    local count = unless_interrupted(C.send, self.fd, start + sent, last - sent, posix.MSG_NOSIGNAL)
    if count < 0 then return nil, reason(), sent end
    sent = sent + count
  end
  return sent
end

local function close_for(fd, why)
  C.close(fd)
  return nil, why
end

--- A listening socket on a numeric address ("127.0.0.1", "::1", "*" or "localhost" too), with reuseaddr.
function M.bind(host, port, backlog)
  local address, family = to_address(ALIASES[host] or host, port)
  if not address then return nil, "not a numeric address: " .. host end
  local fd = C.socket(family, posix.SOCK_STREAM + posix.SOCK_NONBLOCK + posix.SOCK_CLOEXEC, 0)
  if fd < 0 then return nil, reason() end
  set_flag(fd, posix.SOL_SOCKET, posix.SO_REUSEADDR, true)
  if family == posix.AF_INET6 then set_flag(fd, posix.IPPROTO_IPV6, posix.IPV6_V6ONLY, true) end
  if C.bind(fd, address, ffi.sizeof(address)) ~= 0 then return close_for(fd, reason()) end
  if C.listen(fd, backlog or DEFAULT_BACKLOG) ~= 0 then return close_for(fd, reason()) end
  return wrap(fd)
end

return M
