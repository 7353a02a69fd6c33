--- What the functions about where a player is take.
return {
  GetCell = { "pid" },
  GetPosX = { "pid" },
  GetPosY = { "pid" },
  GetPosZ = { "pid" },
  GetRegion = { "pid" },
  GetRotX = { "pid" },
  GetRotZ = { "pid" },
  IsInExterior = { "pid" },
  SendCell = { "pid" },
  SendPos = { "pid" },
  SetCell = { "pid", "cell" },
  SetPos = { "pid", "number", "number", "number" },
  SetRot = { "pid", "number", "number" },
}
