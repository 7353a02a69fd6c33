--- What changed since it was sent.
local M = {}

--- The names of `sections` (in that order) whose revision is not the one that was sent; all of them when nothing was.
function M.changed(sections, revisions, sent)
  local names = {}
  for _, name in ipairs(sections) do
    if revisions[name] and revisions[name] ~= sent[name] then names[#names + 1] = name end
  end
  return names
end

return M
