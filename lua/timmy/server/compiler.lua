--- LuaJIT's compiler, for the whole server.
local M = {}

--- With LuaJIT's own limits (1,000 traces, 512 KiB) a busy bridge beside CoreScripts runs into them several times a
-- second, and each time all compiled code is thrown away.
local LIMITS = { "maxtrace=8000", "maxmcode=16384" }

--- From 2021 until 5 April 2022 the compiler could cut the upper half off an address in `pairs` and `next`, which ends
-- the process (LuaJIT's issue 829); Debian 12's LuaJIT is from March 2022. All versions of these years have one name.
-- Addresses are 64 bits wide only where the collector's are.
local function is_defective()
  return jit.version == "LuaJIT 2.1.0-beta3" and jit.arch == "x64" and require("ffi").abi("gc64")
end

--- Allows more compiled code, or turns off a compiler that could end the server. Returns why it is off, for the log,
-- or nil.
function M.prepare()
  if not (jit and jit.opt) then return nil end -- there is no compiler
  if not is_defective() then
    jit.opt.start(unpack(LIMITS))
    return nil
  end
  jit.off()
  jit.flush()
  return jit.version .. " can crash in compiled code, so its compiler is off: a LuaJIT since April 2022 has a sound one"
end

return M
