--- Signatures of the functions about a player's class.
return {
  GetClassName = { "pid" },
  GetDefaultClass = { "pid" },
  SendBaseInfo = { "pid" },
  SetName = { "pid", "text" },
}
