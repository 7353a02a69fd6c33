--- The C functions of Linux that the bridge calls, through LuaJIT's FFI: the same for glibc and musl.
--
-- Every constant is that of Linux on x86 and ARM (asm-generic); MIPS and others differ, so they are refused.
local ffi = require("ffi")

local SUPPORTED = { x64 = true, x86 = true, arm = true, arm64 = true }
if ffi.os ~= "Linux" or not SUPPORTED[ffi.arch] then
  error("timmy.server.posix supports Linux on x86 and ARM, not " .. ffi.os .. " on " .. ffi.arch)
end

-- Declared under our own names: the first declaration of a C name decides its type for the whole process, and other
-- scripts on the server may have declared these differently.
local DECLARATIONS = [[
typedef struct { uint16_t family; uint16_t port; uint8_t address[4]; uint8_t zero[8]; } timmy_ipv4;
typedef struct { uint16_t family; uint16_t port; uint32_t flow; uint8_t address[16]; uint32_t scope; } timmy_ipv6;
typedef struct { long seconds; long nanoseconds; } timmy_time;
int timmy_socket(int domain, int type, int protocol) asm("socket");
int timmy_bind(int fd, const void *address, uint32_t size) asm("bind");
int timmy_listen(int fd, int backlog) asm("listen");
int timmy_accept4(int fd, void *address, uint32_t *size, int flags) asm("accept4");
int timmy_getsockname(int fd, void *address, uint32_t *size) asm("getsockname");
int timmy_getpeername(int fd, void *address, uint32_t *size) asm("getpeername");
int timmy_setsockopt(int fd, int level, int name, const void *value, uint32_t size) asm("setsockopt");
ssize_t timmy_recv(int fd, void *buffer, size_t size, int flags) asm("recv");
ssize_t timmy_send(int fd, const void *buffer, size_t size, int flags) asm("send");
int timmy_close(int fd) asm("close");
int timmy_inet_pton(int family, const char *text, void *address) asm("inet_pton");
const char *timmy_inet_ntop(int family, const void *address, char *text, uint32_t size) asm("inet_ntop");
int timmy_clock_gettime(int clock, timmy_time *time) asm("clock_gettime");
char *timmy_strerror(int number) asm("strerror");
int timmy_fileno(void *file) asm("fileno");
uint32_t timmy_geteuid(void) asm("geteuid");
long timmy_syscall(long number, ...) asm("syscall");
]]
-- Types are declared once a process; the module may be loaded again.
if not pcall(ffi.typeof, "timmy_time") then ffi.cdef(DECLARATIONS) end

local FUNCTIONS = {
  "socket", "bind", "listen", "accept4", "getsockname", "getpeername", "setsockopt", "recv", "send", "close",
  "inet_pton", "inet_ntop", "clock_gettime", "strerror", "fileno", "geteuid",
  "syscall",
}

local M = { C = {} }
for _, name in ipairs(FUNCTIONS) do M.C[name] = ffi.C["timmy_" .. name] end

M.AF_INET, M.AF_INET6 = 2, 10
M.SOCK_STREAM, M.SOCK_CLOEXEC, M.SOCK_NONBLOCK = 1, 0x80000, 0x800
M.SOL_SOCKET, M.SO_REUSEADDR, M.SO_KEEPALIVE = 1, 2, 9
M.IPPROTO_TCP, M.TCP_NODELAY = 6, 1
M.IPPROTO_IPV6, M.IPV6_V6ONLY = 41, 26
M.MSG_NOSIGNAL = 0x4000
M.CLOCK_MONOTONIC = 1
M.EINTR, M.EAGAIN, M.EPIPE, M.EPROTO, M.ECONNABORTED, M.ECONNRESET, M.ENOTCONN = 4, 11, 32, 71, 103, 104, 107
M.STATX_NUMBER = ({ x64 = 332, x86 = 383, arm = 397, arm64 = 291 })[ffi.arch]

--- The last error's number and text.
function M.last_error()
  local number = ffi.errno()
  return number, ffi.string(M.C.strerror(number))
end

return M
