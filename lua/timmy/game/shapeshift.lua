--- What the functions about what a player has turned into take.
return {
  GetCreatureRefId = { "pid" },
  GetScale = { "pid" },
  IsWerewolf = { "pid" },
}
