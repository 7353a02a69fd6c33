--- What the functions about bounty and reputation take.
return {
  SendBounty = { "pid" },
  SendReputation = { "pid", "boolean", "boolean" },
  SetBounty = { "pid", "int" },
  SetReputation = { "pid", "int" },
}
