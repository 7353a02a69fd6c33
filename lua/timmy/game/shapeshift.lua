--- What the functions about what a player has turned into take.
return {
  IsWerewolf = { "pid" },
}
