--- What CoreScripts save of a player or of the world: who holds it, and whether it can be worked with.
--
-- The tables come from files that any script and any editor may have changed, so one is looked at before it is used.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")

local M = {}

--- Who holds something that the operator may let all players share: the world, or the player itself; and whether it is
-- shared. `setting` is CoreScripts' name for that choice.
function M.holder(pid, setting, default)
  local is_shared = corescripts.setting(setting, default) == true
  return is_shared and _G.WorldInstance or corescripts.player(pid), is_shared
end

--- A table of a holder's by its name, made where it is missing; nil and why when something else stands in its place.
function M.table_of(holder, name)
  local data = corescripts.table_or_none(holder).data
  if type(data) == "table" then
    if data[name] == nil then data[name] = {} end
    if type(data[name]) == "table" then return data[name] end
  end
  return errors.refuse("game_refused", "the saved " .. name .. " is damaged; nothing was changed")
end

--- The position of an id in a list, whatever its case; or nil.
function M.find(list, id)
  for position, value in pairs(list) do
    if type(value) == "string" and value:lower() == id:lower() then return position end
  end
  return nil
end

return M
