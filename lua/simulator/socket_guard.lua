--- Sockets for scripts: luasocket if it is installed, else the same interface on LuaJIT's FFI. Each call that could
--- block the game loop is logged.
local M = {}

local guard_class

--- A function that creates guarded sockets.
local function guarded(report, make)
  return function(...)
    local socket, reason, more = make(...)
    local meta = socket and getmetatable(socket)
    if type(meta) == "table" and type(meta.__index) == "table" then
      guard_class(meta.__index, report)
    end
    return socket, reason, more
  end
end

local function guarded_timeout(report, settimeout)
  return function(socket, seconds, ...)
    if seconds ~= 0 then
      report(("[WARN] blocking call: settimeout(%s) on a socket; only 0 lets the game go on"):format(tostring(seconds)))
    end
    return settimeout(socket, seconds, ...)
  end
end

--- Sockets of one kind share their methods: guarding the first guards all.
function guard_class(class, report)
  if class.embedded_guard then
    return
  end
  class.embedded_guard = true
  class.settimeout = class.settimeout and guarded_timeout(report, class.settimeout)
  class.accept = class.accept and guarded(report, class.accept)
end

--- luasocket by the ordinary loaders, except the first: the preload table has this module's own entry.
local function luasocket()
  for position = 2, #package.loaders do
    local loader = package.loaders[position]("socket")
    if type(loader) == "function" then
      return loader("socket")
    end
  end
  error("no luasocket")
end

local function load()
  local ok, sockets = pcall(luasocket)
  return ok and sockets or require("timmy.server.socket_ffi")
end

--- Makes require("socket") return the guarded sockets. A "socket" that is already loaded stays as it is.
function M.install(report)
  if package.loaded.socket then
    return
  end
  package.preload.socket = function()
    local sockets = {}
    for name, value in pairs(load()) do
      sockets[name] = value
    end
    for _, name in ipairs { "tcp", "tcp4", "tcp6", "bind", "connect" } do
      sockets[name] = sockets[name] and guarded(report, sockets[name])
    end
    return sockets
  end
end

return M
