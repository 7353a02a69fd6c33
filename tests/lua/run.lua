--- Runs one file of tests: `luajit tests/lua/run.lua ROOT FILE` (exit status 1 when one fails), or as a chunk in a Lua
-- state with the same two arguments: gives the number that failed.
local root, file = ...
package.path = root .. "/lua/?.lua;" .. root .. "/tests/lua/?.lua;" .. package.path .. ";/usr/share/lua/5.1/?.lua"
package.loaded["test_root"] = root

require("timmy.server.compiler").prepare()
local harness = require("harness")
local cases = assert(loadfile(file))()
if type(cases) == "table" then harness.test_each(cases) end
local failed = harness.run()
if arg and arg[0] and arg[0]:find("run.lua", 1, true) then os.exit(failed == 0 and 0 or 1) end
return failed
