--- Signatures of the functions about a player's topics, books, kills and map.
return {
  AddBook = { "pid", "text" },
  AddKill = { "text", "int" },
  AddTopic = { "pid", "text" },
  ClearBookChanges = { "pid" },
  ClearKillChanges = {},
  ClearMapChanges = {},
  ClearTopicChanges = { "pid" },
  DoesFilePathExist = { "text" },
  LoadMapTileImageFile = { "int", "int", "text" },
  SendBookChanges = { "pid", "boolean", "boolean" },
  SendTopicChanges = { "pid", "boolean", "boolean" },
  SendWorldKillCount = { "pid", "boolean", "boolean" },
  SendWorldMap = { "pid", "boolean", "boolean" },
}
