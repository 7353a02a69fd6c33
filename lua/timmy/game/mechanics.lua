--- Signatures of the functions about deaths and similar events of a player.
return {
  DoesPlayerHavePlayerKiller = { "pid" },
  GetDrawState = { "pid" },
  GetPlayerKillerName = { "pid" },
  GetPlayerKillerPid = { "pid" },
  GetSneakState = { "pid" },
}
