--- Signatures of the functions about spells and their effects.
return {
  AddSpell = { "pid", "text" },
  AddSpellActive = { "pid", "text", "text", "boolean" },
  AddSpellActiveEffect = { "pid", "int", "number", "number", "number", "int" },
  ClearSpellbookChanges = { "pid" },
  ClearSpellsActiveChanges = { "pid" },
  SendSelectedSpell = { "pid" },
  SendSpellbookChanges = { "pid", "boolean", "boolean" },
  SendSpellsActiveChanges = { "pid", "boolean", "boolean" },
  SetSelectedSpellId = { "pid", "text" },
  SetSpellbookChangesAction = { "pid", "int" },
  SetSpellsActiveChangesAction = { "pid", "int" },
}
