--- What the functions about death and what else befalls a player take.
return {
  DoesPlayerHavePlayerKiller = { "pid" },
  GetDrawState = { "pid" },
  GetPlayerKillerName = { "pid" },
  GetPlayerKillerPid = { "pid" },
  GetSneakState = { "pid" },
}
