--- The words of the wire that both sides list: what can be perceived, and what happens.
--
-- `timmy_actors/model` is the schema; docs/protocol/golden holds both sides to it.
local M = {}

--- The sections of a perception, in the order in which they are sent.
M.SECTIONS = {
  "position", "stats", "condition", "inventory", "equipment", "spells", "factions", "journal", "quests", "topics",
  "books", "kills", "nearby_actors", "nearby_players", "nearby_objects", "world", "chat", "available_actions",
}

return M
