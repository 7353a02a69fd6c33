--- Signatures of the functions about factions.
return {
  AddFaction = { "pid" },
  ClearFactionChanges = { "pid" },
  GetFactionChangesSize = { "pid" },
  GetFactionExpulsionState = { "pid", "int" },
  GetFactionId = { "pid", "int" },
  GetFactionRank = { "pid", "int" },
  GetFactionReputation = { "pid", "int" },
  SendFactionChanges = { "pid", "boolean", "boolean" },
  SetFactionChangesAction = { "pid", "faction_change" },
  SetFactionExpulsionState = { "boolean" },
  SetFactionId = { "text" },
  SetFactionRank = { "rank" },
  SetFactionReputation = { "int" },
}
