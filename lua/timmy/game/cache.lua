--- A cache of values derived from the game's tables; an entry lives as long as its table.
local M = {}

--- `derive(source, ...)`, cached for each source; called again if the cached value is older than `not_before`
-- (seconds). The value is shared: do not change it.
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
