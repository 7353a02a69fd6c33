--- Creates, copies and removes records: spells, potions, books, weapons, NPCs and all other types.
local declarations = require("timmy.wire.declarations")
local errors = require("timmy.commands.errors")
local records = require("timmy.commands.record_making")

local M = {}

--- Clients run a script's text like a console command.
function M.create_record(pid, values, context)
  if values.record.type == "script" and not context.raw then
    return errors.refuse("not_permitted", "scripts run on every client, as console commands do: the operator can set "
      .. "allow_raw, and the client's token needs the scope raw", "record")
  end
  return records.make(pid, values.record)
end

local function takes_name(record_type)
  for _, field in ipairs(declarations.types.Record.of[record_type].fields) do
    if field.name == "name" then return true end
  end
  return false
end

--- Clients make the copy: the base must be in their data files, or a record created before.
function M.clone_record(pid, values)
  if values.name and not takes_name(values.type) then
    return errors.refuse("bad_arguments", "name: records of type " .. values.type .. " have none", "name")
  end
  return records.make(pid, { type = values.type, base_id = values.base_id, id = values.id, name = values.name })
end

function M.delete_record(_, values) return records.remove(values.id) end

return M
