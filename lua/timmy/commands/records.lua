--- Creates, copies and removes records: spells, potions, books, weapons, NPCs and all other types.
local checks = require("timmy.wire.checks")
local errors = require("timmy.commands.errors")
local nested = require("timmy.wire.nested")
local records = require("timmy.commands.record_making")
local types = require("timmy.state.record_types")

local create = { name = "create_record" }

create.fields = {
  { name = "player", check = checks.name },
  { name = "record", check = types.check },
}

--- Clients run a script's text like a console command.
function create.run(pid, values, context)
  if values.record.type == "script" and not context.allow_raw then
    return errors.refuse("not_permitted", "scripts run on every client, as console commands do: the operator can set "
      .. "allow_raw, and the client's token needs the scope raw", "record")
  end
  return records.make(pid, values.record)
end

local clone = { name = "clone_record" }

clone.fields = {
  { name = "player", check = checks.name },
  { name = "type", check = checks.one_of(unpack(types.names)) },
  { name = "base_id", check = checks.name },
  { name = "id", check = checks.name, optional = true },
  { name = "name", check = checks.name, optional = true },
}

local function takes_name(record_type)
  for _, field in ipairs(types[record_type]) do
    if field.name == "name" then return true end
  end
  return false
end

--- Clients make the copy: the base must be in their data files, or a record created before.
function clone.run(pid, values)
  if values.name and not takes_name(values.type) then
    return errors.refuse("bad_arguments", "name: records of type " .. values.type .. " have none", "name")
  end
  local copy = nested.values(clone.fields, values)
  copy.player = nil
  return records.make(pid, copy)
end

local delete = { name = "delete_record" }

delete.fields = {
  { name = "player", check = checks.name },
  { name = "id", check = checks.name },
}

function delete.run(_, values) return records.remove(values.id) end

return { create, clone, delete }
