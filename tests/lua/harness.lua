--- A small test harness: a test is a sentence and a function, a failure is an error. A file registers its tests with
-- `test`, or returns them as a table.
local json = require("timmy.wire.json")

local M = {}

local tests = {}

--- Registers a test; its name is a sentence about behaviour.
function M.test(sentence, act)
  tests[#tests + 1] = { sentence = sentence, act = act }
end

--- Registers a table of sentence -> function, in the alphabet's order.
function M.test_each(cases)
  local sentences = {}
  for sentence in pairs(cases) do sentences[#sentences + 1] = sentence end
  table.sort(sentences)
  for _, sentence in ipairs(sentences) do M.test(sentence, cases[sentence]) end
end

local function shown(value)
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) == "table" then return json.encode(value) or tostring(value) end
  return tostring(value)
end

local function same(one, other)
  if type(one) ~= "table" or type(other) ~= "table" then return one == other end
  for name, value in pairs(one) do
    if not same(value, other[name]) then return false end
  end
  for name in pairs(other) do
    if one[name] == nil then return false end
  end
  return true
end

--- Fails unless the values are deeply equal.
function M.equal(actual, expected, about)
  if same(actual, expected) then return end
  error(("%sexpected %s, got %s"):format(about and about .. ": " or "", shown(expected), shown(actual)), 2)
end

--- Fails unless the condition holds.
function M.holds(condition, about)
  if not condition then error(about or "the condition does not hold", 2) end
end

--- Fails unless the text has the plain part in it.
function M.contains(text, part)
  if type(text) ~= "string" or not text:find(part, 1, true) then
    error(shown(text) .. " does not contain " .. shown(part), 2)
  end
end

--- Runs every registered test: returns the number of failures, and a report with a line for each test.
function M.run()
  local lines, failed = {}, 0
  for _, case in ipairs(tests) do
    local ok, err = xpcall(case.act, debug.traceback)
    if not ok then failed = failed + 1 end
    lines[#lines + 1] = (ok and "ok      " or "FAILED  ") .. case.sentence .. (ok and "" or "\n" .. tostring(err))
  end
  lines[#lines + 1] = ("%d tests, %d failed"):format(#tests, failed)
  return failed, table.concat(lines, "\n")
end

return M
