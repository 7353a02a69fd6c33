--- Game time: a frozen world, its steps, and what goes on meanwhile.
local harness = require("harness")
local virtual = require("virtual_world")

local equal, holds = harness.equal, harness.holds
local host = virtual.host

local JIUB = 1
local MINUTE_MS = 60000

local cases = {}

--- Counts the calls of a timer that restarts itself every 100 ms.
local function count_calls(name)
  local calls = { count = 0 }
  local timer = tes3mp.CreateTimer(name, 100)
  _G[name] = function()
    calls.count = calls.count + 1
    tes3mp.RestartTimer(timer, 100)
  end
  tes3mp.StartTimer(timer)
  return calls
end

cases["in a frozen world nobody moves and no timer runs, except those that are to go on"] = function()
  virtual.open { unfrozen = { "GoesOn" } }
  host.freeze("a test")
  local waits, goes_on = count_calls("Waits"), count_calls("GoesOn")
  local before = { virtual.place(JIUB) }
  virtual.run(MINUTE_MS)
  equal({ virtual.place(JIUB) }, before)
  equal({ waits.count, goes_on.count }, { 0, MINUTE_MS / 100 })
end

cases["a step lets game time pass at once, for the world and for every timer"] = function()
  virtual.open { unfrozen = { "GoesOn" } }
  host.freeze("a test")
  local waits, goes_on = count_calls("Waits"), count_calls("GoesOn")
  local before = { virtual.place(JIUB) }
  host.step(MINUTE_MS)
  holds(({ virtual.place(JIUB) })[2] ~= before[2], "Jiub walks around")
  equal({ waits.count, goes_on.count }, { MINUTE_MS / 100, MINUTE_MS / 100 })
end

cases["each report accounts for what has passed since the one before"] = function()
  virtual.open()
  virtual.run(200)
  equal(host.freeze("one").passed, { game_ms = 200, real_ms = 200, steps = 0 })
  virtual.run(300)
  equal(host.step(1000).passed, { game_ms = 1000, real_ms = 300, steps = 1 })
  local report = host.freeze("another")
  equal({ report.frozen_by, report.game_ms, report.real_ms, report.steps }, { "one", 1200, 500, 1 })
  virtual.run(100)
  equal({ host.thaw().frozen_by, host.report_time().frozen_by }, {})
  virtual.run(100)
  equal(host.report_time().passed, { game_ms = 100, real_ms = 100, steps = 0 })
end

cases["a world that runs is not stepped"] = function()
  virtual.open()
  equal(host.step(50), nil)
  equal(host.report_time().game_ms, 0)
end

cases["a trip in a frozen world waits for game time, however long that takes"] = function()
  virtual.open()
  host.freeze("a test")
  virtual.send(0, "Balmora, Guild of Mages", -755, -1007, -644)
  virtual.run(MINUTE_MS)
  equal(host.player("Timmy").cell, "-2, -9")
  host.step(1000)
  equal(host.player("Timmy").cell, "Balmora, Guild of Mages")
end

cases["the calendar follows game time, for every script"] = function()
  virtual.open { began_s = 1000 }
  virtual.run(2500)
  equal(os.time(), 1002)
  host.freeze("a test")
  virtual.run(MINUTE_MS)
  equal(os.time(), 1002)
  host.step(MINUTE_MS)
  equal(os.time(), 1062)
  equal(os.time { year = 2000, month = 1, day = 2 } - os.time { year = 2000, month = 1, day = 1 }, 24 * 60 * 60)
end

return cases
