--- Caches of values derived from the game's tables; an entry lives as long as its key.
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

--- What is copied of a table at most: larger ones, and those that contain themselves, are derived each time.
local MOST_ENTRIES, DEEPEST = 8192, 8

--- A copy of a table and of the tables in it, each as { count, values by key }; nil if that is too much. `left` counts
-- the entries that may still be copied.
local function copy_of(source, depth, left)
  local values, count = {}, 0
  for key, value in pairs(source) do
    count, left = count + 1, left - 1
    if type(value) == "table" then
      if depth == DEEPEST then return nil end
      value, left = copy_of(value, depth + 1, left)
      if not value then return nil end
    end
    if left < 0 then return nil end
    values[key] = value
  end
  return { count = count, values = values }, left
end

local function is_copy(copy, source)
  local values, count = copy.values, 0
  for key, value in pairs(source) do
    local kept = values[key]
    count = count + 1
    if type(value) == "table" then
      if type(kept) ~= "table" or not is_copy(kept, value) then return false end
    elseif kept ~= value then
      return false
    end
  end
  return count == copy.count
end

--- Seconds for which a source is not looked at again, unless a fresh value is asked for: all players may share one.
local KEEP_S = 0.4

--- `derive(source)`, cached for each `key` until anything in the table `source` has changed: to look is cheaper than to
-- derive. `options.now` in seconds; `options.fresh`: look now. The value is shared: do not change it.
function M.of_content(derive)
  local known = setmetatable({}, { __mode = "k" })
  return function(key, source, options)
    local memory, now = known[key], options.now
    if not memory then
      memory = {}
      known[key] = memory
    end
    if memory.source == source and not options.fresh and memory.at >= now - KEEP_S then return memory.value end
    if not memory.copy or not is_copy(memory.copy, source) then
      memory.copy, memory.value = copy_of(source, 1, MOST_ENTRIES), derive(source)
    end
    memory.source, memory.at = source, now
    return memory.value
  end
end

return M
