--- Names that both sides of the wire list: sections and events.
--
-- `timmy_actors/protocol` is the schema; docs/protocol/golden checks both sides.
local M = {}

--- The sections of a perception, in the order in which they are sent.
M.SECTIONS = {
  "position", "stats", "condition", "inventory", "equipment", "spells", "factions", "journal", "quests", "topics",
  "books", "kills", "nearby_actors", "nearby_players", "nearby_objects", "world", "chat", "available_actions",
}

--- The events, topic by topic.
M.EVENTS = {
  "connect", "disconnect", "character_created", "cell_change", "cell_load", "cell_unload", "chat", "death", "resurrect",
  "attributes", "skills", "level", "bounty", "reputation", "shapeshift", "equipment", "inventory", "item_use",
  "spellbook", "spells_active", "cooldowns", "quick_keys", "spell_selected", "mark",
  "journal", "topics", "books", "factions",
  "actor_list", "actor_equipment", "actor_spells_active", "actor_death", "actor_ai", "actor_cell_change",
  "object_activate", "object_hit", "object_sound", "object_place", "object_spawn", "object_delete", "object_lock",
  "object_trap", "object_scale", "object_state", "object_gold", "object_restock", "dialogue_choice", "door_state",
  "container", "console_command", "script_local",
  "kills", "map", "weather", "video", "record_created", "script_global",
}

return M
