--- What the functions about the chat take.
return {
  SendMessage = { "pid", "text", "boolean", "boolean" },
}
