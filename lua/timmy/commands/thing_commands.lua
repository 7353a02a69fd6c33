--- What commands about one object or actor share: fields, lookup and answer.
local checks = require("timmy.wire.checks")
local things = require("timmy.state.things")

local M = {}

--- The fields that every command has.
M.PLAYER = { { name = "player", check = checks.name } }
--- The fields that name an object or an actor.
M.THING = { M.PLAYER[1], { name = "unique_index", check = things.unique_index },
  { name = "cell", check = checks.name, optional = true } }

--- Joins lists of fields.
function M.fields(...)
  local all = {}
  for _, group in ipairs({ ... }) do
    for _, field in ipairs(group) do all[#all + 1] = field end
  end
  return all
end

--- An answer about the object, with the fields of `more`.
function M.answer(thing, more)
  local answer = { unique_index = thing.unique_index, cell = thing.cell.description, ref_id = thing.ref_id }
  for name, value in pairs(more or {}) do answer[name] = value end
  return answer
end

local function command(find, name, own_fields, act, check)
  return { name = name, fields = M.fields(M.THING, own_fields), run = function(pid, values)
    local contradiction = check and check(values)
    if contradiction then return nil, contradiction end
    local thing, wrong = find(values)
    if not thing then return nil, wrong end
    local more
    more, wrong = act(thing, values, pid)
    if wrong then return nil, wrong end
    return M.answer(thing, more)
  end }
end

--- A command about an object: `act(object, values, pid)` returns the additional fields of the answer, or nil and an
-- error. `check(values)` may reject combinations of arguments before the object is looked up.
function M.of_object(name, own_fields, act, check)
  return command(things.object, name, own_fields, act, check)
end

--- The same about a living actor.
function M.of_actor(name, own_fields, act, check)
  return command(things.living_actor, name, own_fields, act, check)
end

return M
