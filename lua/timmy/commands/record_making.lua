--- Records made at run time: kept in CoreScripts' stores, so that they last and every client learns of them.
--
-- One with an id of its own is permanent. One without gets a generated id, and CoreScripts drop it when the last thing
-- made of it is gone.
local corescripts = require("timmy.game.corescripts")
local items = require("timmy.state.items")
local nested = require("timmy.wire.nested")
local types = require("timmy.state.record_types")
local things = require("timmy.state.things")
local errors = require("timmy.commands.errors")

local M = {}

local FEMALE, MALE = 0, 1
local ENCHANTABLE = { armor = true, book = true, clothing = true, weapon = true }

local function camel(name)
  return (name:gsub("_(%a)", string.upper))
end

local function copy_fields(fields, given)
  local copied = {}
  for name, value in pairs(nested.values(fields, given)) do copied[camel(name)] = value end
  return copied
end

local function converted(name, value)
  local inner = types.INNER[name]
  if not inner then return value end
  if not types.LISTS[name] then return copy_fields(inner, value) end
  local list = {}
  for position, item in ipairs(value) do list[position] = copy_fields(inner, item) end
  return list
end

--- A checked record in the words of CoreScripts: its type, its id (nil for a generated one), and the table they keep.
function M.convert(given)
  local kept = {}
  for name, value in pairs(nested.values(types[given.type], given)) do kept[camel(name)] = converted(name, value) end
  kept.type, kept.id = nil, nil
  if kept.gender then kept.gender = kept.gender == "female" and FEMALE or MALE end
  -- As CoreScripts' own command does: an NPC of no stats would be one without health, a book might teach a skill.
  if given.type == "npc" and not kept.baseId and not kept.autoCalc then kept.autoCalc = 1 end
  if given.type == "book" and not kept.skillId then kept.skillId = -1 end
  return given.type, nested.values(types[given.type], given).id, kept
end

function M.store(record_type)
  return _G.RecordStores and _G.RecordStores[record_type]
end

local LISTS = { "permanentRecords", "generatedRecords" }

--- The store, and the list in it, that holds an id; nil where none does.
function M.holder(id)
  for _, record_type in ipairs(types.names) do
    local store = M.store(record_type)
    for _, list in ipairs(LISTS) do
      if store and store.data[list] and store.data[list][id] then return store, list end
    end
  end
  return nil
end

--- Whether an id can be put into the world: of a generated record only while the record exists.
function M.is_known(id)
  return not items.is_generated(id) or M.holder(id) ~= nil
end

local function wrong_enchantment(id, kept, is_generated)
  local enchantment = kept.enchantmentId
  if not enchantment or not items.is_generated(enchantment) then return nil end
  if not is_generated then
    return errors.new("bad_arguments", "record.enchantment_id: a record with an id of its own lasts; the generated "
      .. enchantment .. " may not: give the enchantment an id, or this record (" .. id .. ") none", "record")
  end
  local store = M.store("enchantment")
  if store and store.data.generatedRecords[enchantment] then return nil end
  return errors.new("no_such_target", "there is no enchantment " .. enchantment, "record")
end

local function keep_generated(store, id, kept)
  store.data.generatedRecords[id] = kept
  for _, player in pairs(_G.Players) do
    local received = player.generatedRecordsReceived
    if type(received) == "table" and not things.contains(received, id) then table.insert(received, id) end
  end
  if ENCHANTABLE[store.storeType] and kept.enchantmentId and items.is_generated(kept.enchantmentId) then
    local enchantments = M.store("enchantment")
    enchantments:AddLinkToRecord(kept.enchantmentId, id, store.storeType)
    enchantments:QuicksaveToDrive()
  end
end

local function wrong_id(store, id)
  if id == nil or not items.is_generated(id) or store.data.generatedRecords[id] then return nil end
  local prefix = corescripts.setting("generatedRecordIdPrefix", "$custom")
  return errors.new("bad_arguments", "record.id: ids with " .. prefix .. " are the server's to give; leave the id out",
    "record")
end

--- Makes or replaces a record and sends it to every client: its id, its type, whether it lasts by itself; or nil and
-- why not. `given` has passed the check of the types.
function M.make(pid, given)
  local record_type, id, kept = M.convert(given)
  local store = M.store(record_type)
  if not store then
    return errors.refuse("game_refused", "this server keeps no records of type " .. record_type, "record")
  end
  local wrong = wrong_id(store, id) or wrong_enchantment(id or "", kept, id == nil or items.is_generated(id))
  if wrong then return nil, wrong end
  local is_permanent = id ~= nil and not items.is_generated(id)
  id = id or store:GenerateRecordId()
  if is_permanent then store.data.permanentRecords[id] = kept else keep_generated(store, id, kept) end
  store:QuicksaveToDrive()
  store:LoadRecords(pid, { [id] = kept }, { id }, true)
  return { id = id, type = record_type, permanent = is_permanent }
end

local function has_links(store, id)
  local links = store.data.recordLinks and store.data.recordLinks[id]
  return type(links) == "table" and store:HasLinks(id)
end

--- Takes a record out of its store; clients that have it keep it until they leave. Nil and why not.
function M.remove(id)
  local store, list = M.holder(id)
  if not store then return errors.refuse("no_such_target", "no record " .. id .. " was made on this server", "id") end
  if list == "permanentRecords" then
    store.data.permanentRecords[id] = nil
    store:QuicksaveToDrive()
  elseif has_links(store, id) then
    return errors.refuse("game_refused", "something in the world is made of " .. id .. "; delete that first", "id")
  else
    store:DeleteGeneratedRecord(id)
  end
  return { id = id, type = store.storeType }
end

--- Notes that an object of a cell is made of a generated record, and gives the record to all who see the cell.
function M.link(cell, ref_id, unique_index)
  if not items.is_generated(ref_id) then return end
  local store = M.holder(ref_id)
  cell:AddLinkToRecord(store.storeType, ref_id, unique_index)
  for _, pid in pairs(cell.visitors) do
    store:LoadGeneratedRecords(pid, store.data.generatedRecords, { ref_id })
  end
end

return M
