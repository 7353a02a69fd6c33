--- Factions: one is described in a buffer shared by all players, added to a player's changes, and sent.
local RANK = 0

local FIELDS = { Rank = "rank", ExpulsionState = "is_expelled", Reputation = "reputation" }

local function described() return { id = "", rank = RANK, is_expelled = false, reputation = 0 } end

local function clear(player)
  player.faction_changes = { action = player.faction_changes.action }
end

local function writing(server, define, define_player)
  local written = described()
  define_player("ClearFactionChanges", clear)
  define_player("InitializeFactionChanges", clear)
  define_player("SetFactionChangesAction", function(player, action)
    player.faction_changes.action = action
  end)
  define("SetFactionId", function(id) written.id = id end)
  for name, field in pairs(FIELDS) do
    define("SetFaction" .. name, function(value) written[field] = value end)
  end
  define_player("AddFaction", function(player)
    table.insert(player.faction_changes, written)
    written = described()
  end)
  define_player("SendFactionChanges", function(player, to_others, skip)
    server:send(player.pid, { type = "Faction", action = player.faction_changes.action,
      factions = player.faction_changes }, to_others, skip)
  end)
end

return function(server, define, define_player)
  writing(server, define, define_player)
  define_player("GetFactionChangesSize", function(player) return #player.faction_changes end)
  define_player("GetFactionChangesAction", function(player) return player.faction_changes.action end)
  define_player("GetFactionId", function(player, index) return player.faction_changes[index + 1].id end)
  for name, field in pairs(FIELDS) do
    define_player("GetFaction" .. name, function(player, index)
      return player.faction_changes[index + 1][field]
    end)
  end
end
