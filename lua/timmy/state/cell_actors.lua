--- The actors of a loaded cell as entities (timmy.state.entities): their places as reported to the server, and what
-- CoreScripts recorded of each.
--
-- All players around see the same cell, so it is read once for all of them: places as often as timmy.state.cadence
-- wants it, the rest twice a second. A snapshot always gets fresh values.
local actor_records = require("timmy.state.actor_records")
local cadence = require("timmy.state.cadence")
local corescripts = require("timmy.game.corescripts")
local entities = require("timmy.state.entities")
local geometry = require("timmy.state.geometry")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")

local M = {}

local PLACES_KEEP_S, RECORDS_KEEP_S = 0.05, 0.5
--- How soon an actor of which the server knows no place yet is looked at again.
local UNPLACED_KEEP_S = 1

local NOBODY = { actors = {} }

--- The state of each cell, for as long as CoreScripts keep the cell loaded.
local known = setmetatable({}, { __mode = "k" })

local function company_in(loaded, cell)
  local company = known[loaded]
  if not company then
    company = { cell = cell, actors = {}, entities = {}, size = 0, notes = 0, placed_at = -math.huge,
      listed_at = -math.huge, recorded_at = -math.huge }
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

local function new_entity()
  local entity = entities.new("actor")
  cadence.begin(entity)
  return entity
end

--- Assigns its entity to each actor of a list that was read anew, and forgets the entities of the others.
local function assign(company)
  local before, now = company.entities, {}
  for _, actor in ipairs(company.actors) do
    local index = actor.unique_index
    actor.entity = actor.entity or before[index] or new_entity()
    now[index] = actor.entity
  end
  company.entities = now
end

--- Assigns an entity its place. If that is a NaN, nobody knows where the actor is (`is_placed`), and the entity keeps
-- its last place: a client that still lists it must not get one without numbers.
local function move(entity, x, y, z, now)
  local is_placed, way = x + y + z == x + y + z, 0
  if is_placed and entity.x then
    local east, north, up = x - entity.x, y - entity.y, z - entity.z
    way = east * east + north * north + up * up
  end
  entity.is_placed = is_placed
  cadence.note(entity, way, now)
  if is_placed then entities.move(entity, x, y, z) end
end

--- Passes on to the entity what was read of its actor.
local function update(actor, now)
  local entity = actor.entity
  move(entity, geometry.whole(actor.x), geometry.whole(actor.y), geometry.whole(actor.z), now)
  if not actor.health then return entities.set_health(entity, nil, nil) end
  entities.set_health(entity, numbers.finite(actor.health) + 0, numbers.finite(actor.health_base) + 0)
end

local function read_all(company, now)
  local _, size = guard.actors_in(company.cell, company.actors)
  company.size, company.placed_at, company.listed_at = size, now, now
  assign(company)
  for _, actor in ipairs(company.actors) do update(actor, now) end
end

--- Reads CoreScripts' data again if they are too old, for a company of somebody.
local function keep_noted(company, loaded, now, fresh)
  local is_old = company.recorded_at < (fresh and now or now - RECORDS_KEEP_S)
  if is_old and #company.actors > 0 then note(company, loaded, now) end
end

--- The actors of a loaded cell: { actors = { { unique_index, entity }, ... } }, also the argument of `is_known`. Empty
-- if the cell isn't loaded. `fresh`: read now.
function M.of(cell, now, fresh)
  local loaded = corescripts.loaded_cell(cell)
  if not loaded then return NOBODY end
  local company = company_in(loaded, cell)
  if company.placed_at < (fresh and now or now - PLACES_KEEP_S) then read_all(company, now) end
  keep_noted(company, loaded, now, fresh)
  return company
end

--- Actors to be read again; reused to avoid garbage.
local due = {}

local function collect_due(company, eye, now, fresh)
  local count, actors = 0, company.actors
  for position = 1, #actors do
    local actor = actors[position]
    local entity = actor.entity
    if cadence.is_due(entity, entity.is_placed and geometry.square(eye, entity) or 0, now, fresh) then
      count = count + 1
      due[count] = actor
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
  if not guard.look_again(company.cell, due, count, company.size) then return read_all(company, now) end
  for position = 1, count do update(due[position], now) end
end

--- The same for one point of view: only those actors are read again that may have moved noticeably as seen from `eye`.
function M.seen_from(eye, cell, now, fresh)
  local loaded = corescripts.loaded_cell(cell)
  if not loaded then return NOBODY end
  local company = company_in(loaded, cell)
  if company.size == 0 and not fresh and company.listed_at >= now - UNPLACED_KEEP_S then return company end
  bring_up_to_date(company, eye, now, fresh)
  keep_noted(company, loaded, now, fresh)
  return company
end

--- Whether CoreScripts know an actor: the server's own list has no ids. Its entity is described then.
function M.is_known(company, actor)
  if actor.noted ~= company.notes then
    local index = actor.unique_index
    local record = not company.deleted[index] and company.records[index]
    local role = actor_records.of(actor.role, company.cell, index, record, company.dead[index] == true,
      company.recorded_at)
    if role and role ~= actor.role then entities.describe(actor.entity, role.text) end
    actor.role, actor.noted = role, company.notes
  end
  return actor.role ~= nil
end

return M
