--- Signatures of the functions about jail, resurrection and kicks.
return {
  Jail = { "pid", "int", "boolean", "boolean", "text", "text" },
  Kick = { "pid" },
  Resurrect = { "pid", "int" },
  StopTimer = { "timer" },
}
