--- Signatures of the functions about factions.
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
