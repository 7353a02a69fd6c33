--- What commands about one object or actor share: lookup and answer.
local things = require("timmy.state.things")

local M = {}

--- An answer about the object, with the fields of `more`.
function M.answer(thing, more)
  local answer = { unique_index = thing.unique_index, cell = thing.cell.description, ref_id = thing.ref_id }
  for name, value in pairs(more or {}) do answer[name] = value end
  return answer
end

local function command(find, act, check)
  return function(pid, values)
    local contradiction = check and check(values)
    if contradiction then return nil, contradiction end
    local thing, wrong = find(values)
    if not thing then return nil, wrong end
    local more
    more, wrong = act(thing, values, pid)
    if wrong then return nil, wrong end
    return M.answer(thing, more)
  end
end

--- A command about an object: `act(object, values, pid)` returns the additional fields of the answer, or nil and an
-- error. `check(values)` may reject combinations of arguments before the object is looked up.
function M.of_object(act, check) return command(things.object, act, check) end

--- The same about a living actor.
function M.of_actor(act, check) return command(things.living_actor, act, check) end

return M
