--- Signatures of the functions about quests and reputation.
return {
  AddJournalEntry = { "pid", "text", "int", "text" },
  AddJournalEntryWithTimestamp = { "pid", "text", "int", "text", "int", "int", "int" },
  AddJournalIndex = { "pid", "text", "int" },
  ClearJournalChanges = { "pid" },
  GetReputation = { "pid" },
  SendJournalChanges = { "pid", "boolean", "boolean" },
}
