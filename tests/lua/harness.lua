--- Tests by LuaUnit (3.4). A test is a sentence about behaviour and a function. A file registers its tests with `test`,
-- or returns them as a table.
local luaunit = require("luaunit")

-- LuaUnit replaces it by one that fails the suite.
os.exit = luaunit.oldOsExit -- luacheck: ignore

local M = {}

local tests = {}

--- Registers a test.
function M.test(sentence, act)
  tests[#tests + 1] = { sentence, act }
end

--- Registers a table of sentence -> function, in the alphabet's order.
function M.test_each(cases)
  local sentences = {}
  for sentence in pairs(cases) do sentences[#sentences + 1] = sentence end
  table.sort(sentences)
  for _, sentence in ipairs(sentences) do M.test(sentence, cases[sentence]) end
end

--- Fails unless the values are deeply equal.
M.equal = luaunit.assertEquals

--- Fails unless the condition is neither false nor nil.
M.holds = luaunit.assertEvalToTrue

--- Fails unless the text has the plain part in it.
M.contains = luaunit.assertStrContains

--- Runs every registered test, prints a line for each, and returns how many failed.
function M.run()
  local suite = luaunit.LuaUnit.new()
  suite:setOutputType("tap")
  suite:runSuiteByInstances(tests)
  return suite.result.notSuccessCount
end

return M
