local harness = require("harness")
local compiler = require("timmy.server.compiler")

local test, equal, contains = harness.test, harness.equal, harness.contains

--- What `prepare` says and does with a LuaJIT of this version and processor.
local function prepared(version, arch)
  local did, real = {}, jit
  local function note(what) return function(...) did[#did + 1] = table.concat({ what, ... }, " ") end end
  rawset(_G, "jit", {
    version = version, arch = arch, opt = { start = note("limits") }, off = note("off"), flush = note("flush"),
  })
  local why = compiler.prepare()
  rawset(_G, "jit", real)
  return why, did
end

test("the compiler of this LuaJIT runs, unless its version is the one with the fault", function()
  compiler.prepare() -- the runner did, too
  -- Debian 12's is 2.1.0~beta3+git20220320, with 64-bit addresses; the wheel of lupa 2.8 has 2.1.1774896198.
  equal(jit.status(), jit.version ~= "LuaJIT 2.1.0-beta3")
end)

test("the faulty compiler is off, what it compiled is forgotten, and the log tells what helps", function()
  if not require("ffi").abi("gc64") then return end
  local why, did = prepared("LuaJIT 2.1.0-beta3", "x64")
  contains(why, "LuaJIT 2.1.0-beta3 can crash")
  contains(why, "since April 2022")
  equal(did, { "off", "flush" })
end)

test("a sound compiler may make more code than LuaJIT's own limits allow", function()
  for _, build in ipairs({ { "LuaJIT 2.1.1774896198", "x64" }, { "LuaJIT 2.1.0-beta3", "arm64" } }) do
    local why, did = prepared(build[1], build[2])
    equal(why, nil)
    equal(did, { "limits maxtrace=8000 maxmcode=16384" })
  end
end)

test("a LuaJIT that was built without a compiler is left as it is", function()
  local real = jit
  rawset(_G, "jit", { version = real.version, arch = "arm" })
  local ok, why = pcall(compiler.prepare)
  rawset(_G, "jit", real)
  equal({ ok, why }, { true, nil })
end)

return nil
