--- Checks that a call's indexes are inside their lists: each precondition of kind index names the function that returns
-- the list's length. The server itself does not check.
--
-- A size function gets the first arguments of the checked call, as many as it has parameters.
local functions = require("timmy.raw.functions")

local M = {}

--- More entries than a server accepts in one packet: a list that claims more was not read completely.
M.LONGEST_LIST = 3000

local cached = {}

local function make(entry)
  local result = {}
  for _, rule in ipairs(entry.preconditions) do
    if rule.size then
      local takes = #functions.find(rule.size).parameters
      result[#result + 1] = { position = rule.position, name = rule.argument, size = rule.size, takes = takes,
        words = rule.words }
    end
  end
  return result
end

--- The bounds of a function's indexes, outermost first: { { position =, name =, size =, takes =, words = }... }.
function M.of(name)
  cached[name] = cached[name] or make(functions.find(name))
  return cached[name]
end

--- What is wrong with an index into a list of `size` entries; nil if nothing is.
function M.judge(bound, index, size)
  if index < size and size <= M.LONGEST_LIST then return nil end
  local reason = size > M.LONGEST_LIST and ": the list was never read whole" or ""
  return ("%s (%s is %d, %s is %d%s)"):format(bound.words, bound.name, index, bound.size, size, reason)
end

return M
