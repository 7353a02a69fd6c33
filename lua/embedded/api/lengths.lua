--- The lists of a player that the real server reads by index without a look at their length (C++ `at`, or worse), where
-- its other functions of the same list give "invalid" or 0.
local M = {}

local SIZES = {
  GetInventoryItemCount = "GetInventoryChangesSize", GetInventoryItemCharge = "GetInventoryChangesSize",
  GetInventoryItemEnchantmentCharge = "GetInventoryChangesSize", GetEquipmentChangesSlot = "GetEquipmentChangesSize",
  GetJournalItemIndex = "GetJournalChangesSize", GetJournalItemType = "GetJournalChangesSize",
  GetJournalItemActorRefId = "GetJournalChangesSize", GetFactionRank = "GetFactionChangesSize",
  GetFactionExpulsionState = "GetFactionChangesSize", GetFactionReputation = "GetFactionChangesSize",
  GetCellStateType = "GetCellStateChangesSize",
}

local EFFECTS = { "Id", "Arg", "Magnitude", "Duration", "TimeLeft" }

local function nothing() return 0 end

local function check(server, name, index, size)
  if index < 0 or index >= size then
    server:kill(("tes3mp.%s: index %d, but the list has %d entries"):format(name, index, size))
  end
end

local function guard_list(server, bodies, name, size_name, body)
  local size_of = bodies[size_name] or nothing
  bodies[name] = function(pid, index)
    if server.players[pid] then check(server, name, index, size_of(pid)) end
    return body(pid, index)
  end
end

--- An active spell that there is not gives 0; of one that there is, an effect past the last is the end.
local function guard_effect(server, bodies, name, body)
  local spells = bodies.GetSpellsActiveChangesSize or nothing
  local effects = bodies.GetSpellsActiveEffectCount or nothing
  bodies[name] = function(pid, spell, effect)
    if server.players[pid] and spell >= 0 and spell < spells(pid) then
      check(server, name, effect, effects(pid, spell))
    end
    return body(pid, spell, effect)
  end
end

--- Record types whose id, and whose enchantment, two functions change by number (enumerations.recordType).
local NAMED = { [2] = true, [4] = true, [6] = true, [10] = true, [17] = true, [22] = true, [24] = true }
local ENCHANTABLE = { [2] = true, [4] = true, [6] = true, [24] = true }

local function after(bodies, name, act)
  local body = bodies[name] or nothing
  bodies[name] = function(value)
    act(value)
    return body(value)
  end
end

--- Each type of records has its own list, and no function tells its length.
local function guard_records(server, bodies)
  local kind, counts = 0, {}
  after(bodies, "ClearRecords", function() counts = {} end)
  after(bodies, "SetRecordType", function(value) kind = value end)
  after(bodies, "AddRecord", function() counts[kind] = (counts[kind] or 0) + 1 end)
  for name, kinds in pairs { SetRecordIdByIndex = NAMED, SetRecordEnchantmentIdByIndex = ENCHANTABLE } do
    local body = bodies[name] or nothing
    bodies[name] = function(index, id)
      if kinds[kind] then check(server, name, index, counts[kind] or 0) end
      return body(index, id)
    end
  end
end

--- Gives each of these functions its death; one that no topic defines answers `neutral(name)` while it lives.
function M.guard(server, bodies, neutral)
  local function body_of(name) return bodies[name] or function() return neutral(name) end end
  for name, size_name in pairs(SIZES) do guard_list(server, bodies, name, size_name, body_of(name)) end
  guard_records(server, bodies)
  for _, part in ipairs(EFFECTS) do
    local name = "GetSpellsActiveEffect" .. part
    guard_effect(server, bodies, name, body_of(name))
  end
end

return M
