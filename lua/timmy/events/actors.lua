--- Events of actors: they appear, change equipment, are enchanted, die, and move between cells. They come from the
-- client that simulates a cell. Only packets of a cell's list and of deaths name the actor's record; for others it is
-- looked up in CoreScripts' data.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local id_lists = require("timmy.state.id_lists")
local json = require("timmy.wire.json")
local shapes = require("timmy.events.shapes")
local slots = require("timmy.state.slots")

--- The recorded id of an actor in a cell, or nil.
local function recorded(unique_index, cell)
  local loaded = corescripts.loaded_cell(cell)
  local known = loaded and shapes.table_or_empty(loaded.data.objectData)[unique_index]
  return type(known) == "table" and id_lists.is_id(known.refId) and known.refId or nil
end

--- Adds the recorded id to each actor that the packet did not name, from this cell or the one it moved to.
local function named(actors, cell)
  for _, actor in ipairs(actors) do
    if actor.ref_id == "" then
      actor.ref_id = recorded(actor.unique_index, cell) or recorded(actor.unique_index, actor.to) or ""
    end
  end
  return actors
end

--- A reader for packets that CoreScripts turn into a table.
local function each(describe)
  return function(_, cell, actors)
    local listed, left_out = shapes.listed(actors, describe)
    return { cell = shapes.text_or(cell, ""), actors = named(listed, cell), left_out = left_out }
  end
end

local function worn(item) return type(item) == "table" and id_lists.is_id(item.refId) and item.refId or nil end

local function dressed(actor) return { equipment = json.object(slots.named(actor.equipment, worn)) } end

local function enchanted(actor) return { spells = (id_lists.names(actor.spellsActive, shapes.MOST)) } end

local function killed(actor)
  local killer = shapes.table_or_empty(actor.killer)
  local name = id_lists.is_id(killer.name) and killer.name or nil
  return { killer = shapes.player_in(killer.pid) or name or json.null }
end

--- A reader for the current packet, which CoreScripts do not turn into a table.
local function at_hand(describe)
  return function(_, cell)
    local all = guard.received_actors()
    local listed = {}
    for position = 1, math.min(#all, shapes.MOST) do listed[position] = describe(all[position]) end
    return { cell = shapes.text_or(cell, ""), actors = json.array(named(listed, cell)),
      left_out = math.max(0, #all - shapes.MOST) }
  end
end

local function ordered(actor) return { unique_index = actor.unique_index, ref_id = actor.ref_id } end

local function moved(actor)
  return { unique_index = actor.unique_index, ref_id = actor.ref_id, to = actor.cell }
end

return {
  { event = "actor_list", hook = "OnActorList", counts = shapes.is_done, read = each() },
  { event = "actor_equipment", hook = "OnActorEquipment", counts = shapes.is_done, read = each(dressed) },
  { event = "actor_spells_active", hook = "OnActorSpellsActive", counts = shapes.is_done, read = each(enchanted) },
  { event = "actor_death", hook = "OnActorDeath", counts = shapes.is_done, read = each(killed) },
  { event = "actor_ai", hook = "OnActorAI", counts = shapes.is_done, read = at_hand(ordered) },
  { event = "actor_cell_change", hook = "OnActorCellChange", counts = shapes.is_done, read = at_hand(moved) },
}
