--- Signatures of the functions about a client's settings.
return {
  SendSettings = { "pid", "boolean", "boolean" },
}
