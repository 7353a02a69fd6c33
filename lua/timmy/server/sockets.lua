--- The socket library: luasocket if the server has it, else the one on LuaJIT's FFI.
local ok, luasocket = pcall(require, "socket")
if ok and type(luasocket) == "table" and luasocket.bind then return luasocket end
return require("timmy.server.socket_ffi")
