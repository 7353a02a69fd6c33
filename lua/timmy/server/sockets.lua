--- The one place that chooses where sockets come from: luasocket where the server has it, else LuaJIT's FFI.
local found, luasocket = pcall(require, "socket")
if found and type(luasocket) == "table" and luasocket.bind then return luasocket end
return require("timmy.server.socket_ffi")
