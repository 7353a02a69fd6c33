--- Signatures of the functions about chat and message boxes.
return {
  CustomMessageBox = { "pid", "int", "text", "text" },
  GetName = { "pid" },
  InputDialog = { "pid", "int", "text", "text" },
  ListBox = { "pid", "int", "text", "text" },
  MessageBox = { "pid", "int", "text" },
  SendMessage = { "pid", "text", "boolean", "boolean" },
}
