--- What the functions about jail, revival and the door take.
return {
  Jail = { "pid", "int", "boolean", "boolean", "text", "text" },
  Kick = { "pid" },
  Resurrect = { "pid", "int" },
  StopTimer = { "timer" },
}
