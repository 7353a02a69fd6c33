--- Signatures of the functions about a player's transformation.
return {
  GetCreatureRefId = { "pid" },
  GetScale = { "pid" },
  IsWerewolf = { "pid" },
}
