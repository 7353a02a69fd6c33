--- Which sections have changed since they were sent.
local M = {}

--- The names of `sections`, in their order, whose revision differs from the sent one; all names if none was sent.
function M.changed(sections, revisions, sent)
  local names = {}
  for _, name in ipairs(sections) do
    if revisions[name] and revisions[name] ~= sent[name] then names[#names + 1] = name end
  end
  return names
end

return M
