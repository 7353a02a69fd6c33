--- Spells: changes of the spellbook and active effects of a player. Lists that are filled, then sent.
local ABSENT = "invalid"

local function spellbook(server, define_player)
  local function clear(player) player.spellbook_changes = { action = player.spellbook_changes.action } end
  define_player("ClearSpellbookChanges", clear)
  define_player("InitializeSpellbookChanges", clear)
  define_player("SetSpellbookChangesAction", function(player, action) player.spellbook_changes.action = action end)
  define_player("AddSpell", function(player, id) table.insert(player.spellbook_changes, id) end)
  define_player("GetSpellbookChangesSize", function(player) return #player.spellbook_changes end)
  define_player("GetSpellbookChangesAction", function(player) return player.spellbook_changes.action end)
  define_player("GetSpellId", function(player, index) return player.spellbook_changes[index + 1] or ABSENT end)
  define_player("SendSpellbookChanges", function(player, to_others, skip)
    server:send(player.pid, { type = "Spellbook", action = player.spellbook_changes.action,
      spells = player.spellbook_changes }, to_others, skip)
  end)
end

--- Effects are collected in a buffer shared by all players until a spell takes them.
local function active(server, define_player)
  local effects = {}
  define_player("ClearSpellsActiveChanges", function(player)
    player.active_changes = { action = player.active_changes.action }
  end)
  define_player("SetSpellsActiveChangesAction", function(player, action) player.active_changes.action = action end)
  define_player("AddSpellActiveEffect", function(_, id, magnitude, duration, time_left, argument)
    table.insert(effects, { id = id, magnitude = magnitude, duration = duration, timeLeft = time_left, arg = argument })
  end)
  define_player("AddSpellActive", function(player, id, name, stacks)
    table.insert(player.active_changes, { id = id, displayName = name, stackingState = stacks, effects = effects })
    effects = {}
  end)
  define_player("GetSpellsActiveChangesSize", function(player) return #player.active_changes end)
  define_player("GetSpellsActiveChangesAction", function(player) return player.active_changes.action end)
  define_player("SendSpellsActiveChanges", function(player, to_others, skip)
    server:send(player.pid, { type = "SpellsActive", pid = player.pid, action = player.active_changes.action,
      spells = player.active_changes }, to_others, skip)
  end)
end

local function selected(server, define_player)
  define_player("SetSelectedSpellId", function(player, id) player.selected_spell = id end)
  define_player("GetSelectedSpellId", function(player) return player.selected_spell end)
  define_player("SendSelectedSpell", function(player)
    server:send(player.pid, { type = "SelectedSpell", id = player.selected_spell }, false, false)
  end)
end

return function(server, _, define_player)
  spellbook(server, define_player)
  active(server, define_player)
  selected(server, define_player)
end
