--- What the functions about what a player has learned and how factions think of it take, while a packet of it is read:
-- each checks its index itself.
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
