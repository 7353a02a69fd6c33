--- The actors of a loaded cell as entities (timmy.state.entities): their places as reported to the server, and what
-- CoreScripts recorded of each.
--
-- All players around see the same cell, so it is read once for all of them: places as often as timmy.state.cadence
-- wants it, the rest once a second. A snapshot always gets fresh values.
local actor_records = require("timmy.state.actor_records")
local cadence = require("timmy.state.cadence")
local corescripts = require("timmy.game.corescripts")
local entities = require("timmy.state.entities")
local geometry = require("timmy.state.geometry")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")

local M = {}

local PLACES_KEEP_S, RECORDS_KEEP_S = 0.05, 1
--- How soon an actor of which the server knows no place yet is looked at again.
local UNPLACED_KEEP_S = 1
local NOWHERE = 0 / 0

--- The state of each cell, for as long as CoreScripts keep the cell loaded.
local known = setmetatable({}, { __mode = "k" })

--- A company has the actors of a cell, and in lists of numbers by their positions what is looked at in every push: to
-- visit the table of each actor takes longer than all else, because a busy server's processor has forgotten them.
local function new_company(cell)
  return { cell = cell, actors = {}, entities = {}, by_index = {}, x = {}, y = {}, z = {}, read_at = {}, speed = {},
    version = {}, is_known = {}, is_too_long = {}, size = 0, notes = 0, placed_at = -math.huge, listed_at = -math.huge,
    recorded_at = -math.huge }
end

local NOBODY = new_company()

local function company_in(loaded, cell)
  local company = known[loaded]
  if not company then
    company = new_company(cell)
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

--- Describes an actor's entity by CoreScripts' record of it. Only then is it listed: the server's own list has no ids.
local function describe(company, position)
  local actor = company.actors[position]
  local index = actor.unique_index
  local record = not company.deleted[index] and company.records[index]
  local role = actor_records.of(actor.role, company.cell, index, record, company.dead[index] == true,
    company.recorded_at)
  if role and role ~= actor.role then entities.describe(actor.entity, role.text) end
  actor.role, actor.noted = role, company.notes
  company.version[position] = actor.entity.version
  company.is_known[position], company.is_too_long[position] = role ~= nil, actor.entity.is_too_long
end

--- Brings the descriptions up to date.
local function keep_described(company, loaded, now, fresh)
  local count = #company.actors
  if count == 0 then return end
  if company.recorded_at < (fresh and now or now - RECORDS_KEEP_S) then
    note(company, loaded, now)
  elseif company.described_at == company.placed_at then
    return
  end
  company.described_at = company.placed_at
  for position = 1, count do
    if company.actors[position].noted ~= company.notes then describe(company, position) end
  end
end

--- Forgets the numbers of a position that nobody has any more.
local function forget(company, position)
  company.x[position], company.y[position], company.z[position] = nil, nil, nil
  company.read_at[position], company.speed[position], company.version[position] = nil, nil, nil
end

local function new_entity(index)
  local entity = entities.new("actor")
  entity.order = index
  cadence.begin(entity)
  return entity
end

--- Assigns its entity to each actor of a list that was read anew, and forgets the entities of the others.
local function assign(company)
  local before, now = company.by_index, {}
  company.by_index, company.entities, company.is_known, company.is_too_long = {}, now, {}, {}
  for position, actor in ipairs(company.actors) do
    local index = actor.unique_index
    actor.entity = actor.entity or before[index] or new_entity(index)
    company.by_index[index], now[position] = actor.entity, actor.entity
    company.is_known[position], company.is_too_long[position] = actor.role ~= nil, actor.entity.is_too_long
  end
  for position = #company.version, #now + 1, -1 do forget(company, position) end
end

--- Assigns an entity its place. If that is a NaN, nobody knows where the actor is, and the entity keeps its last place:
-- a client that still lists it must not get one without numbers. Returns whether it is a place.
local function move(entity, x, y, z, now)
  local is_placed, way = x + y + z == x + y + z, 0
  if is_placed and entity.x then
    local east, north, up = x - entity.x, y - entity.y, z - entity.z
    way = east * east + north * north + up * up
  end
  cadence.note(entity, way, now)
  if is_placed then entities.move(entity, x, y, z) end
  return is_placed
end

--- Passes on to the entity what was read of its actor.
local function update(company, position, now)
  local actor, entity = company.actors[position], company.entities[position]
  local is_placed = move(entity, geometry.whole(actor.x), geometry.whole(actor.y), geometry.whole(actor.z), now)
  local current, base = actor.health, nil
  if current then current, base = numbers.finite(current) + 0, numbers.finite(actor.health_base) + 0 end
  entities.set_health(entity, current, base)
  company.x[position] = is_placed and entity.x or NOWHERE
  company.y[position], company.z[position] = entity.y or NOWHERE, entity.z or NOWHERE
  company.read_at[position], company.speed[position] = entity.read_at, entity.speed
  company.version[position] = entity.version
end

local function read_all(company, now)
  local _, size = guard.actors_in(company.cell, company.actors)
  company.size, company.placed_at, company.listed_at = size, now, now
  assign(company)
  for position = 1, #company.actors do update(company, position, now) end
end

--- The actors of a loaded cell: { actors = { { unique_index, entity }, ... }, and by their positions: x, y, z (NaN:
-- unknown), version of the entity, is_known (whether CoreScripts know it), is_too_long }. Empty if the cell isn't
-- loaded. `fresh`: read now.
function M.of(cell, now, fresh)
  local loaded = corescripts.loaded_cell(cell)
  if not loaded then return NOBODY end
  local company = company_in(loaded, cell)
  if company.placed_at < (fresh and now or now - PLACES_KEEP_S) then read_all(company, now) end
  keep_described(company, loaded, now, fresh)
  return company
end

--- The square of an actor's distance from `eye`; NaN: its place is unknown.
function M.square(company, position, eye)
  local east, north, up = company.x[position] - eye.x, company.y[position] - eye.y, company.z[position] - eye.z
  return east * east + north * north + up * up
end

--- Positions of actors to be read again; reused to avoid garbage.
local due = {}

local function collect_due(company, eye, now, fresh)
  local count = 0
  local x, y, z, read_at, speed = company.x, company.y, company.z, company.read_at, company.speed
  for position = 1, #read_at do
    local east, north, up = x[position] - eye.x, y[position] - eye.y, z[position] - eye.z
    local square = east * east + north * north + up * up
    if cadence.is_due(now - read_at[position], speed[position], square, fresh) then
      count = count + 1
      due[count] = position
    end
  end
  return count
end

--- Whether the server's list must be read whole: what is in it is checked whenever an actor is read again.
local function must_be_listed(company, now, fresh)
  local is_complete = company.placed_at > -math.huge and #company.actors == company.size
  return not is_complete and company.placed_at < (fresh and now or now - UNPLACED_KEEP_S)
end

--- Reads those actors again that may have moved noticeably as seen from `eye`.
local function bring_up_to_date(company, eye, now, fresh)
  if must_be_listed(company, now, fresh) then return read_all(company, now) end
  local count = collect_due(company, eye, now, fresh)
  if count == 0 and company.size > 0 and not fresh then return end
  company.listed_at = now
  local is_intact = guard.look_again(company.cell, company.actors, due, count, company.size)
  if not is_intact then return read_all(company, now) end
  for position = 1, count do update(company, due[position], now) end
end

--- The same for one point of view: only those actors are read again that may have moved noticeably as seen from `eye`.
function M.seen_from(eye, cell, now, fresh)
  local loaded = corescripts.loaded_cell(cell)
  if not loaded then return NOBODY end
  local company = company_in(loaded, cell)
  if company.size == 0 and not fresh and company.listed_at >= now - UNPLACED_KEEP_S then return company end
  bring_up_to_date(company, eye, now, fresh)
  keep_described(company, loaded, now, fresh)
  return company
end

--- Whether nobody is in a cell, and it was looked at lately.
function M.is_empty(cell, now)
  local loaded = corescripts.loaded_cell(cell)
  local company = loaded and known[loaded]
  return not loaded or (company ~= nil and company.size == 0 and company.listed_at >= now - UNPLACED_KEEP_S)
end

return M
