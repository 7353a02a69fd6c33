--- Signatures of the functions about quests.
return {
  AddJournalEntry = { "pid", "text", "int", "text" },
  AddJournalEntryWithTimestamp = { "pid", "text", "int", "text", "int", "int", "int" },
  AddJournalIndex = { "pid", "text", "int" },
  ClearJournalChanges = { "pid" },
  SendJournalChanges = { "pid", "boolean", "boolean" },
}
