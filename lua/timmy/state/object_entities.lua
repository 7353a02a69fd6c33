--- Objects of loaded cells as entities (timmy.state.entities).
local cell_objects = require("timmy.state.cell_objects")
local corescripts = require("timmy.game.corescripts")
local entities = require("timmy.state.entities")
local geometry = require("timmy.state.geometry")
local json = require("timmy.wire.json")

local M = {}

--- The entities of each cell by unique index, for as long as CoreScripts keep the cell loaded and somebody sees them:
-- in a cell that stays loaded, objects come and go without end.
local known = setmetatable({}, { __mode = "k" })

local function entities_in(cell)
  local loaded = corescripts.loaded_cell(cell)
  if loaded and not known[loaded] then known[loaded] = setmetatable({}, { __mode = "v" }) end
  return loaded and known[loaded]
end

--- The entity of a thing of `timmy.state.cell_objects`. Its exact place is part of its description: it hardly moves.
local function entity_of(in_cell, thing)
  local entity = in_cell[thing.unique_index]
  if not entity then
    entity = entities.new("object")
    in_cell[thing.unique_index] = entity
  end
  if entity.thing ~= thing then
    entity.thing = thing
    entities.describe(entity, assert(json.encode(thing)):sub(2, -2))
  end
  return entity
end

--- Appends the entities of a cell's objects within the radius of `eye` to `list`; objects without a place if the cell
-- is that of `eye`. Returns the new length, and how many objects of the cell were left out.
function M.seen_from(eye, cell, radius, list, count, now, fresh)
  local in_cell = entities_in(cell)
  if not in_cell then return count, 0 end
  local things, left_out = cell_objects.of(cell, now, fresh)
  for _, thing in ipairs(things) do
    local distance = thing.x and geometry.toward_whole(eye, geometry.whole_place(thing))
    if (distance and distance <= radius) or (not distance and cell == eye.cell) then
      local entity = entity_of(in_cell, thing)
      entity.distance, entity.order = distance, thing.unique_index
      if entity.is_too_long then
        left_out = left_out + 1
      else
        count = count + 1
        list[count] = entity
      end
    end
  end
  return count, left_out
end

return M
