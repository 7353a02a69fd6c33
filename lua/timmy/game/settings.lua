--- What the functions about a client's settings take.
return {
  SendSettings = { "pid", "boolean", "boolean" },
}
