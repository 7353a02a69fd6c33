--- Functions of the script API that change who may join the server. They run only if the operator lists them, because
-- their effect outlasts the batch and concerns people who are not online.
local M = {}

M.FUNCTIONS = {
  AddDataFileRequirement = true, AddPluginHash = true, BanAddress = true, SetDataFileEnforcementState = true,
  SetPluginEnforcementState = true, SetServerPassword = true, UnbanAddress = true,
}

local allowed = {}

--- What is wrong with the operator's list `raw_functions`; nil if nothing is.
function M.fault(names)
  if type(names) ~= "table" then return "a list of functions' names" end
  for position, name in pairs(names) do
    if type(position) ~= "number" or not M.FUNCTIONS[name] then
      return "a list of functions that change who may join, such as 'BanAddress'"
    end
  end
end

--- Allows the functions in the operator's list, and no others of them.
function M.allow(names)
  allowed = {}
  for _, name in ipairs(names) do allowed[name] = true end
end

--- The error of the first call that the operator did not list; nil if all are listed.
function M.judge(calls)
  for position, call in ipairs(calls) do
    if M.FUNCTIONS[call.name] and not allowed[call.name] then
      return {
        code = "not_permitted", field = "calls." .. position - 1 .. ".name",
        message = call.name .. " changes who may join: the operator can list it in raw_functions (timmy_config)",
      }
    end
  end
end

return M
