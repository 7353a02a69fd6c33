--- Signatures of the functions about the server itself.
return {
  CreateTimer = { "text", "milliseconds" },
  GetDataPath = {},
  GetMillisecondsSinceServerStart = {},
  GetServerVersion = {},
  LogMessage = { "level", "text" },
  RestartTimer = { "timer", "milliseconds" },
  StartTimer = { "timer" },
}
