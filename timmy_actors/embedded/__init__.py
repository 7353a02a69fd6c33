"""The embedded world: a process that runs the real Lua bridge under LuaJIT, in a stand-in for a TES3MP server."""
