--- CoreScripts' globals, looked up at each use because they are created after custom scripts load, and the table shapes
-- that the bridge relies on.
--
-- CoreScripts' `Load...` functions send a player's saved tables to the server and fail on missing values, so a table is
-- checked before its loader is called. Other scripts write to the same tables, so any value may be found here.
local cells = require("timmy.state.cells")
local numbers = require("timmy.wire.numbers")

local M = {}

--- A read-only substitute for a missing table.
local NONE = setmetatable({}, { __newindex = function() error("read-only: this replaces a missing table", 2) end })

--- The value if it is a table, else an empty read-only one.
function M.table_or_none(value)
  return type(value) == "table" and value or NONE
end

--- One of CoreScripts' global tables (`Players`, `LoadedCells`, ...); read only.
function M.global(name)
  return M.table_or_none(_G[name])
end

--- The saved data of a player, a cell or the world; read only.
function M.data_of(holder)
  return M.table_or_none(M.table_or_none(holder).data)
end

--- The player in a slot, if it is logged in and its data exist; else nil. Asked a dozen times for each perception.
function M.player(pid)
  local players = _G.Players
  local player = type(players) == "table" and players[pid]
  if type(player) ~= "table" or type(player.data) ~= "table" then return nil end
  if type(player.IsLoggedIn) == "function" and player:IsLoggedIn() then return player end
  return nil
end

--- A value of CoreScripts' `config`, or `default` if this version lacks it.
function M.setting(name, default)
  local value = M.global("config")[name]
  if value == nil then return default end
  return value
end

--- The owner of shareable data: the world if the setting shares it, else the player.
function M.shared(player, setting, default)
  if M.setting(setting, default) then return _G.WorldInstance end
  return player
end

--- The owner of the journal.
function M.journal_holder(player)
  return M.shared(player, "shareJournal", true)
end

--- A loaded cell with data, or nil.
function M.loaded_cell(description)
  local cells_by_description = _G.LoadedCells
  local cell = type(cells_by_description) == "table" and cells_by_description[description]
  return type(cell) == "table" and type(cell.data) == "table" and cell or nil
end

local function is_text(value) return type(value) == "string" and not value:find("\0", 1, true) end
local function is_text_or_nil(value) return value == nil or is_text(value) end
local function is_int(value) return numbers.is_whole(value, -2147483647, 2147483647) end
local function is_int_or_nil(value) return value == nil or is_int(value) end
local function is_truth_or_nil(value) return value == nil or type(value) == "boolean" end
local function is_number_or_nil(value) return value == nil or numbers.is_finite(value) end

--- The table under `data` that each of a player's loaders reads, and the fields in it.
local RECORDS = {
  character = { race = is_text, head = is_text, hair = is_text, birthsign = is_text, gender = is_int,
    modelOverride = is_text_or_nil },
  stats = { level = is_int_or_nil, levelProgress = is_int_or_nil },
  shapeshift = { scale = is_number_or_nil, isWerewolf = is_truth_or_nil, creatureRefId = is_text_or_nil,
    displayCreatureName = is_truth_or_nil },
}

--- The same for tables of such tables, by name.
local COLLECTIONS = {
  attributes = { base = is_int, damage = numbers.is_finite, skillIncrease = is_int },
  skills = { base = is_int, damage = numbers.is_finite, progress = numbers.is_finite },
}

--- The fields of a stack that `inventoryHelper` compares.
local ITEM = { refId = is_text, count = is_int, charge = is_int_or_nil, enchantmentCharge = is_number_or_nil,
  soul = is_text_or_nil }

local function fits(record, fields)
  if type(record) ~= "table" then return false end
  for field, check in pairs(fields) do
    if not check(record[field]) then return false end
  end
  return true
end

--- Saves from before 0.7 have a bare number for each attribute and skill; CoreScripts still read it.
local function all_fit(collection, fields)
  if type(collection) ~= "table" then return false end
  for name, record in pairs(collection) do
    if not is_text(name) or not (is_int(record) or fits(record, fields)) then return false end
  end
  return true
end

--- Whether a player's table (`character`, `stats`, `attributes`, `skills`) is complete enough for its loader.
function M.is_loadable(player, name)
  local data = player.data
  if type(data) ~= "table" then return false end
  if RECORDS[name] then return fits(data[name], RECORDS[name]) end
  return all_fit(data[name], COLLECTIONS[name])
end

--- Whether CoreScripts' helper can search, change and send an inventory or equipment table.
function M.is_sound_inventory(inventory)
  if type(inventory) ~= "table" then return false end
  for _, item in pairs(inventory) do
    if not fits(item, ITEM) then return false end
  end
  return true
end

--- The item in a slot, as the loader of equipment sends it to the server.
local WORN = { refId = is_text, count = is_int, charge = is_int, enchantmentCharge = is_number_or_nil }

--- Whether a player's equipment is complete enough for its loader.
function M.is_sound_equipment(equipment)
  if type(equipment) ~= "table" then return false end
  for _, item in pairs(equipment) do
    if not fits(item, WORN) then return false end
  end
  return true
end

--- Whether an id can be quoted in a console command without being read as anything else.
function M.is_plain_id(id)
  return id:find("^[%w _'%-]+$") ~= nil
end

--- Whether console commands can be queued for this player: they are sent with the cell of its last cell change.
function M.takes_console_commands(player)
  local location = player.data and player.data.location
  return type(player.consoleCommandsQueued) == "table" and type(location) == "table" and cells.is_safe(location.cell)
end

return M
