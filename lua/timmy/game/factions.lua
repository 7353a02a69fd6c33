--- What the functions about factions take.
return {
  AddFaction = { "pid" },
  ClearFactionChanges = { "pid" },
  SendFactionChanges = { "pid", "boolean", "boolean" },
  SetFactionChangesAction = { "pid", "faction_change" },
  SetFactionExpulsionState = { "boolean" },
  SetFactionId = { "text" },
  SetFactionRank = { "rank" },
  SetFactionReputation = { "int" },
}
