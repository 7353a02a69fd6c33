--- A few thousand random commands; `make fuzz-commands` gives as many as one likes.
local fuzz = require("fuzz.commands")
local harness = require("harness")

local equal, holds, test = harness.equal, harness.holds, harness.test

test("survives random commands of every kind, each answered, none failing inside", function()
  local report = fuzz.run(4000, 1)
  equal(report.faults, {})
  holds(report.done > 500 and report.refused.bad_arguments > 500, "the commands are all good or all bad")
end)
