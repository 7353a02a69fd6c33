--- Reading of a player's lists: cooldowns, loaded cells, active spells, quick keys. Indexes past the end violate a
--- precondition and don't get here; an absent field is "invalid" or 0.
local function field_of(list, index, name, absent)
  local entry = list[index + 1]
  if entry == nil or entry[name] == nil then
    return absent
  end
  return entry[name]
end

local function readers(define_player, field, functions)
  for name, read in pairs(functions) do
    define_player(name, function(player, index) return field_of(player[field], index, read[1], read[2]) end)
  end
end

local function cooldowns(server, define_player)
  define_player("ClearCooldownChanges", function(player) player.cooldown_changes = {} end)
  define_player("AddCooldownSpell", function(player, id, day, hour)
    table.insert(player.cooldown_changes, { id = id, day = day, hour = hour })
  end)
  define_player("GetCooldownChangesSize", function(player) return #player.cooldown_changes end)
  readers(define_player, "cooldown_changes", { GetCooldownSpellId = { "id", "invalid" },
    GetCooldownStartDay = { "day", 0 }, GetCooldownStartHour = { "hour", 0 } })
  define_player("SendCooldownChanges", function(player)
    server:send(player.pid, { type = "Cooldowns", cooldowns = player.cooldown_changes }, false, false)
  end)
end

local function cell_states(define_player)
  define_player("GetCellStateChangesSize", function(player) return #player.cell_state_changes end)
  readers(define_player, "cell_state_changes", { GetCellStateType = { "kind", 0 },
    GetCellStateDescription = { "cell", "invalid" } })
end

local EFFECT_FIELDS = { Id = "id", Arg = "arg", Magnitude = "magnitude", Duration = "duration", TimeLeft = "timeLeft" }

local function active_spells(define_player)
  local function effects_of(player, spell) return field_of(player.active_changes, spell, "effects", {}) end
  readers(define_player, "active_changes", { GetSpellsActiveId = { "id", "invalid" },
    GetSpellsActiveDisplayName = { "displayName", "invalid" },
    GetSpellsActiveStackingState = { "stackingState", false } })
  define_player("GetSpellsActiveEffectCount", function(player, spell) return #effects_of(player, spell) end)
  for name, field in pairs(EFFECT_FIELDS) do
    define_player("GetSpellsActiveEffect" .. name, function(player, spell, effect)
      return field_of(effects_of(player, spell), effect, field, 0)
    end)
  end
end

return function(server, _, define_player)
  cooldowns(server, define_player)
  cell_states(define_player)
  active_spells(define_player)
  readers(define_player, "quick_key_changes", { GetQuickKeySlot = { "slot", 0 }, GetQuickKeyType = { "kind", 0 },
    GetQuickKeyItemId = { "id", "invalid" } })
end
