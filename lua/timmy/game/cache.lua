--- What was made of a table of the game a moment ago, kept for as long as that table lives.
local M = {}

--- `derive(source, ...)`, remembered for each source: done again when what is remembered was made before `not_before`
-- (seconds). The value is shared: read it only.
function M.new(derive)
  local known = setmetatable({}, { __mode = "k" })
  return function(source, not_before, now, ...)
    local memory = known[source]
    if not memory or memory.at < not_before then
      memory = { at = now, value = derive(source, ...) }
      known[source] = memory
    end
    return memory.value
  end
end

return M
