--- Signatures of the functions that read a player's packet about topics, journal and factions: each checks its index
-- itself.
return {
  GetBookChangesSize = { "pid" },
  GetBookId = { "pid", "int" },
  GetFactionChangesSize = { "pid" },
  GetFactionExpulsionState = { "pid", "int" },
  GetFactionId = { "pid", "int" },
  GetFactionRank = { "pid", "int" },
  GetFactionReputation = { "pid", "int" },
  GetTopicChangesSize = { "pid" },
  GetTopicId = { "pid", "int" },
}
