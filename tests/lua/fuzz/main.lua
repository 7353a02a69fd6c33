--- `luajit tests/lua/fuzz/main.lua ROOT COUNT SEED`: gives that many random commands to the embedded world. Lines of
-- progress, and last the report as JSON.
local root, count, seed = arg[1], tonumber(arg[2]), tonumber(arg[3])
package.path = root .. "/lua/?.lua;" .. root .. "/tests/lua/?.lua;" .. package.path
package.loaded["test_root"] = root

require("timmy.server.compiler").prepare()
local json = require("timmy.wire.json")

local function say(given)
  print(("%9d commands, the world is alive"):format(given))
  io.stdout:flush()
end

local report = require("fuzz.commands").run(count, seed, say)
report.faults = json.array(report.faults)
print(json.encode(report))
