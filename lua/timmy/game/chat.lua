--- What the functions about the chat and the boxes on a player's screen take.
return {
  CustomMessageBox = { "pid", "int", "text", "text" },
  GetName = { "pid" },
  InputDialog = { "pid", "int", "text", "text" },
  ListBox = { "pid", "int", "text", "text" },
  MessageBox = { "pid", "int", "text" },
  SendMessage = { "pid", "text", "boolean", "boolean" },
}
