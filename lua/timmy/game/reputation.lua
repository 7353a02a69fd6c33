--- Signatures of the functions about bounty and reputation.
return {
  GetReputation = { "pid" },
  SendBounty = { "pid" },
  SendReputation = { "pid", "boolean", "boolean" },
  SetBounty = { "pid", "int" },
  SetReputation = { "pid", "int" },
}
