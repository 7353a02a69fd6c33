local harness = require("harness")
local ffi = require("ffi")
local posix = require("timmy.server.posix")
local sockets = require("timmy.server.socket_ffi")

local test, equal, holds, contains = harness.test, harness.equal, harness.holds, harness.contains

ffi.cdef [[
int connect(int fd, const void *address, uint32_t size);
int fcntl(int fd, int command, ...);
]]

local F_GETFD, F_GETFL, FD_CLOEXEC, O_NONBLOCK = 1, 3, 1, 0x800
local TRIES = 1000000

--- A listening socket, one end of a connection to it (accepted), and the other end's file descriptor.
local function connected()
  local server = assert(sockets.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  local address = ffi.new("timmy_ipv4")
  address.family, address.port = posix.AF_INET, math.floor(port / 256) + port % 256 * 256
  posix.C.inet_pton(posix.AF_INET, "127.0.0.1", address.address)
  local fd = posix.C.socket(posix.AF_INET, posix.SOCK_STREAM, 0)
  equal(ffi.C.connect(fd, address, ffi.sizeof(address)), 0)
  local socket
  for _ = 1, TRIES do
    socket = server:accept()
    if socket then break end
  end
  return assert(socket), fd, server
end

local function send_raw(fd, text) posix.C.send(fd, text, #text, posix.MSG_NOSIGNAL) end

--- Reads until `count` bytes are there, or something other than "timeout" happens.
local function receive(socket, count)
  local text, why, part = nil, nil, ""
  for _ = 1, TRIES do
    text, why, part = socket:receive(count, part)
    if text or why ~= "timeout" then break end
  end
  return text, why, part
end

test("a bound socket reports its address", function()
  local server = assert(sockets.bind("127.0.0.1", 0))
  local host, port = server:getsockname()
  equal(host, "127.0.0.1")
  holds(port > 0 and port < 65536)
  server:close()
end)

test("localhost, the star and IPv6 are understood, names are not", function()
  for _, host in ipairs({ "localhost", "*", "::1" }) do
    local server, why = sockets.bind(host, 0)
    holds(server or host == "::1", why)
    if server then server:close() end
  end
  local server, why = sockets.bind("example.invalid", 0)
  equal(server, nil)
  contains(why, "not a numeric address")
end)

test("a port in use is reported with the system's message", function()
  local server = assert(sockets.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  local other, why = sockets.bind("127.0.0.1", port)
  equal({ other, why }, { nil, "Address already in use" })
  server:close()
end)

test("accept without a waiting connection times out at once", function()
  local server = assert(sockets.bind("127.0.0.1", 0))
  local socket, why = server:accept()
  equal({ socket, why }, { nil, "timeout" })
  server:close()
end)

test("accepted sockets never block and are not inherited", function()
  local socket = connected()
  holds(ffi.C.fcntl(socket:getfd(), F_GETFL) % (2 * O_NONBLOCK) >= O_NONBLOCK)
  equal(ffi.C.fcntl(socket:getfd(), F_GETFD) % 2, FD_CLOEXEC)
end)

test("receive gives what is there, and keeps what has come so far", function()
  local socket, fd = connected()
  equal({ socket:receive(10) }, { nil, "timeout", "" })
  send_raw(fd, "hello")
  equal({ receive(socket, 5) }, { "hello" })
  equal({ socket:receive(10, "before") }, { nil, "timeout", "before" })
  send_raw(fd, "world")
  equal({ receive(socket, 5) }, { "world" })
end)

test("receive counts the prefix in, as luasocket does", function()
  local socket, fd = connected()
  send_raw(fd, "cdef")
  local text, why, part
  for _ = 1, TRIES do
    text, why, part = socket:receive(4, part or "ab")
    if text or why ~= "timeout" then break end
  end
  equal(text, "abcd")
end)

test("everything up to the end is everything", function()
  local socket, fd = connected()
  send_raw(fd, ("x"):rep(50000))
  posix.C.close(fd)
  equal(#receive(socket, "*a"), 50000)
  equal({ socket:receive(1) }, { nil, "closed", "" })
end)

test("the pattern for lines is refused with a reason", function()
  local socket = connected()
  equal({ socket:receive("*l") }, { nil, "unsupported pattern", "" })
end)

test("send takes a part of a string and returns how far it came", function()
  local socket, fd = connected()
  equal(socket:send("abcdef", 3, 4), 4)
  equal(socket:send("abcdef", 7), 6)
  equal(socket:send(""), 0)
  local buffer = ffi.new("char[10]")
  equal(tonumber(posix.C.recv(fd, buffer, 10, 0)), 2)
  equal(ffi.string(buffer, 2), "cd")
end)

test("a reader that doesn't read makes a partial write, and the rest goes later", function()
  local socket, fd = connected()
  local data, buffer = ("0123456789"):rep(1000000), ffi.new("uint8_t[?]", 65536)
  local last, why, partial = socket:send(data)
  equal({ last, why }, { nil, "timeout" })
  holds(partial > 0 and partial < #data)
  local received, sent = 0, partial
  while received < #data do
    received = received + tonumber(posix.C.recv(fd, buffer, 65536, 0))
    local done, _, part = socket:send(data, sent + 1)
    sent = done or part
  end
  equal({ received, sent }, { #data, #data })
end)

test("writing to a peer that left is closed, and no signal", function()
  local socket, fd = connected()
  posix.C.close(fd)
  local why
  for _ = 1, TRIES do
    _, why = socket:send("x")
    if why then break end
  end
  equal(why, "closed")
end)

test("a closed socket answers closed to everything", function()
  local socket = connected()
  equal(socket:close(), 1)
  equal(socket:close(), 1)
  equal(socket:getfd(), -1)
  equal({ socket:receive(1) }, { nil, "closed", "" })
  equal({ socket:send("x") }, { nil, "closed", 0 })
  equal({ socket:getsockname() }, { nil, "closed" })
  equal({ socket:getpeername() }, { nil, "closed" })
  equal({ socket:setoption("keepalive", true) }, { nil, "closed" })
  equal({ socket:accept() }, { nil, "closed" })
end)

test("options are set, unknown ones and waiting refused", function()
  local socket = connected()
  for _, name in ipairs({ "tcp-nodelay", "reuseaddr", "keepalive" }) do equal(socket:setoption(name, true), 1) end
  equal({ socket:setoption("linger", true) }, { nil, "unknown option" })
  equal(socket:settimeout(0), 1)
  equal((socket:settimeout(1)), nil)
end)

test("both ends know each other's address", function()
  local socket, _, server = connected()
  local _, port = server:getsockname()
  local host, own_port = socket:getsockname()
  equal({ host, own_port }, { "127.0.0.1", port })
  equal((socket:getpeername()), "127.0.0.1")
end)

test("the module may be loaded twice", function()
  package.loaded["timmy.server.posix"], package.loaded["timmy.server.socket_ffi"] = nil, nil
  holds(require("timmy.server.socket_ffi") ~= sockets)
end)
