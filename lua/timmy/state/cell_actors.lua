--- The actors of a loaded cell: their positions as reported to the server, and what CoreScripts recorded of each.
--
-- All players around see the same cell, so it is read once for all of them: positions at most twenty times a second,
-- the rest twice. A snapshot always gets fresh values. An actor's own data are kept as text and written again only when
-- they changed: most actors around a player are as they were a tenth of a second ago.
local actor_records = require("timmy.state.actor_records")
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")

local M = {}

local PLACES_KEEP_S, RECORDS_KEEP_S = 0.05, 0.5

local NOBODY = { actors = {} }

--- The state of each cell, for as long as CoreScripts keep the cell loaded.
local known = setmetatable({}, { __mode = "k" })

local function company_in(loaded, cell)
  local company = known[loaded]
  if not company then
    company = { cell = cell, actors = {}, placed_at = -math.huge, recorded_at = -math.huge, notes = 0 }
    known[loaded] = company
  end
  return company
end

local function set_of(list)
  local set = {}
  for _, value in pairs(type(list) == "table" and list or {}) do set[value] = true end
  return set
end

--- Reads CoreScripts' data of the cell again. The server's list still has deleted actors, and CoreScripts keep the
-- records of those from the data files.
local function note(company, loaded, now)
  local data = loaded.data
  local packets = type(data.packets) == "table" and data.packets or {}
  company.records = type(data.objectData) == "table" and data.objectData or {}
  company.dead, company.deleted = set_of(packets.death), set_of(packets.delete)
  company.recorded_at, company.notes = now, company.notes + 1
end

--- The actors of a loaded cell: { actors = { { unique_index, x, y, z, health?, health_base? }, ... } }, also the
-- argument of `role`. The tables are reused by the next reading: use them at once. Empty if the cell isn't loaded.
-- `fresh`: read now.
function M.of(cell, now, fresh)
  local loaded = corescripts.loaded_cell(cell)
  if not loaded then return NOBODY end
  local company = company_in(loaded, cell)
  if company.placed_at < (fresh and now or now - PLACES_KEEP_S) then
    guard.actors_in(cell, company.actors)
    company.placed_at = now
  end
  if #company.actors == 0 then return company end
  if company.recorded_at < (fresh and now or now - RECORDS_KEEP_S) then note(company, loaded, now) end
  return company
end

--- The text of an actor's record (see timmy.state.actor_records), or nil for an actor that CoreScripts don't know: the
-- server's own list has no ids.
function M.role(company, actor)
  if actor.noted ~= company.notes then
    local index = actor.unique_index
    local record = not company.deleted[index] and company.records[index]
    local dead = company.dead[index] == true
    actor.role = actor_records.of(actor.role, company.cell, index, record, dead, company.recorded_at)
    actor.noted = company.notes
  end
  return actor.role and actor.role.text
end

--- Positions to the unit (1.4 cm): more digits would be most of a push, and change all the time.
local function whole(value) return math.floor(numbers.finite(value)) end

--- The text of an actor's position: `,"x":1,"y":2,"z":3`.
function M.place(actor)
  local x, y, z = whole(actor.x), whole(actor.y), whole(actor.z)
  if x ~= actor.told_x or y ~= actor.told_y or z ~= actor.told_z then
    actor.told_x, actor.told_y, actor.told_z = x, y, z
    actor.place = string.format(',"x":%d,"y":%d,"z":%d', x, y, z) -- a third quicker than joining
  end
  return actor.place
end

--- The text of an actor's health: `,"health":{"base":60,"current":60}`; empty if the server doesn't know it.
function M.health(actor)
  if not actor.health then return "" end
  local current, base = numbers.finite(actor.health) + 0, numbers.finite(actor.health_base) + 0
  if current ~= actor.told_health or base ~= actor.told_base then
    actor.told_health, actor.told_base = current, base
    actor.gauge = ',"health":{"base":' .. base .. ',"current":' .. current .. "}"
  end
  return actor.gauge
end

return M
