--- The preconditions of each function of the script API in the raw API, in words: the source of docs/script-api.md.
local functions = require("timmy.raw.functions")
local kinds = require("timmy.raw.kinds")
local order = require("timmy.raw.order")
local rules = require("timmy.raw.rules")

local M = {}

local function signature_of(entry)
  local names = {}
  for position, parameter in ipairs(entry.parameters) do names[position] = parameter.name end
  return ("%s(%s)"):format(entry.name, table.concat(names, ", "))
end

--- What must have run before, and the allowed values of each argument.
local function needs_of(entry, rule)
  local needs, is_index = {}, {}
  for _, need in ipairs(order.of(entry.name)) do
    local words, whom = need.words and need.words .. ": " or "", need.for_player and " for the same player" or ""
    needs[#needs + 1] = words .. "after " .. table.concat(need.any_of, " or ") .. whom
  end
  for _, precondition in ipairs(entry.preconditions) do
    if precondition.kind == "index" then is_index[precondition.position] = precondition.words end
  end
  for position, parameter in ipairs(rule.parameters) do
    needs[#needs + 1] = is_index[position] and ("%s: %s"):format(parameter.name, is_index[position])
      or parameter.need and parameter.need.words or ("%s is %s"):format(parameter.name, kinds.words[parameter.kind])
  end
  return needs
end

--- One line for each function: category, signature and preconditions, separated by tabs. Functions that are not run
--- have the reason.
function M.lines()
  local lines = {}
  for position, entry in ipairs(functions.all) do
    local rule, reason = rules.of(entry.name)
    local needs = rule and table.concat(needs_of(entry, rule), "; ") or reason
    lines[position] = table.concat({ entry.category, signature_of(entry), needs }, "\t")
  end
  return table.concat(lines, "\n")
end

return M
