--- Saved tables of a player or of the world: their owner, and whether they are usable.
--
-- The tables come from files that any script or editor may have changed, so each is checked before use.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")

local M = {}

--- The owner of data that the operator may share between all players: the world or the player; and whether it is
-- shared. `setting` is CoreScripts' name of the option.
function M.holder(pid, setting, default)
  local is_shared = corescripts.setting(setting, default) == true
  return is_shared and _G.WorldInstance or corescripts.player(pid), is_shared
end

--- An owner's table by name, created if it is missing; nil and an error if there is another value in its place.
function M.table_of(holder, name)
  local data = corescripts.table_or_none(holder).data
  if type(data) == "table" then
    if data[name] == nil then data[name] = {} end
    if type(data[name]) == "table" then return data[name] end
  end
  return errors.refuse("game_refused", "the saved " .. name .. " is damaged; nothing was changed")
end

--- The position of an id in a list, case-insensitive; or nil.
function M.find(list, id)
  for position, value in pairs(list) do
    if type(value) == "string" and value:lower() == id:lower() then return position end
  end
  return nil
end

return M
