--- What the functions about a player's class take.
return {
  GetClassName = { "pid" },
  GetDefaultClass = { "pid" },
  SendBaseInfo = { "pid" },
  SetName = { "pid", "text" },
}
