--- A few thousand random commands; `make fuzz-commands` gives as many as one likes.
local batches = require("fuzz.batches")
local functions = require("timmy.raw.functions")
local fuzz = require("fuzz.commands")
local harness = require("harness")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

test("survives random commands of every kind, each answered, none failing inside", function()
  local report = fuzz.run(4000, 1)
  equal(report.faults, {})
  holds(report.done > 500 and report.refused.bad_arguments > 500, "the commands are all good or all bad")
end)

test("draws batches of calls, a refused one with the arguments of its function or with none", function()
  math.randomseed(1)
  stage.open()
  for _ = 1, 20000 do
    for _, call in ipairs(batches.calls()) do
      local entry = type(call) == "table" and functions.find(call.name)
      if entry then holds(#call.arguments == 0 or #call.arguments == #entry.parameters, call.name) end
    end
  end
end)
