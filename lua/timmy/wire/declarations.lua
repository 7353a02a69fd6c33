--- What both sides of the wire agree on: names, bounds, messages, and the commands with their arguments.
--
-- Generated from the models in timmy_actors/protocol by `make declarations`: do not change it by hand. A type is a JSON
-- Schema with Lua's names and patterns; timmy.wire.checks interprets it. A field is { name =, type =, default = ?,
-- optional = ? }: null means absent only where it is optional.
local M = {}

--- Types with names of their own.
local types = {}
M.types = types

types.Name = {
  type = "string",
  min_length = 1,
  max_length = 256,
  pattern = "^[^%z\001-\031\127]+$",
  words = "must be one line without control characters",
}
types.MessageId = {
  type = "string",
  min_length = 1,
  max_length = 128,
  pattern = "^[^%z\001-\031\127]+$",
  words = "must be one line without control characters",
}
types.Traceparent = {
  type = "string",
  min_length = 55,
  max_length = 55,
  pattern = "^[0-9a-f]+%-[0-9a-f]+%-[0-9a-f]+%-[0-9a-f]+$",
  words = "must be a W3C traceparent: version, trace, span and flags in lowercase hexadecimal digits",
}
types.ClientName = {
  type = "string",
  min_length = 1,
  max_length = 64,
  pattern = "^[A-Za-z0-9_.:-]+$",
  words = "must consist of letters, digits and _ . : -",
}
types.PlayerName = { type = "string", min_length = 1, max_length = 256 }
types.Text = {
  type = "string",
  min_length = 1,
  max_length = 1024,
  pattern = "^[^%z\001-\031\127]+$",
  words = "must be one line without control characters",
}
types.Label = {
  type = "string",
  min_length = 1,
  max_length = 60,
  pattern = "^[^%z\001-\031\127;]+$",
  words = "must be one line without control characters and without ';', which separates buttons",
}
types.LongText = {
  type = "string",
  min_length = 1,
  max_length = 16384,
  pattern = "^[^%z\001-\008\011\012\014-\031\127]*$",
  words = "must have no control characters but tabs and line ends",
}
types.UniqueIndex = {
  type = "string",
  max_length = 21,
  pattern = "^[0-9]+%-[0-9]+$",
  words = "must be a unique index like \"12345-0\" or \"0-17\"",
  format = "unique-index",
}
types.Coordinate = { type = "number", minimum = -8000000, maximum = 8000000 }
types.Angle = { type = "number", minimum = -360, maximum = 360 }
types.Speed = { type = "number", minimum = -10000, maximum = 10000 }
types.GridNumber = { type = "integer", minimum = -976, maximum = 976 }
types.Radius = { type = "number", maximum = 32768, exclusive_minimum = 0 }
types.Most = { type = "integer", minimum = 1, maximum = 256 }
types.ItemCount = { type = "integer", minimum = 1, maximum = 1000000 }
types.Hours = { type = "integer", minimum = 0, maximum = 1000 }
types.Int = { type = "integer", minimum = -2147483647, maximum = 2147483647 }
types.Amount = { type = "integer", minimum = 0, maximum = 2147483647 }
types.Weight = { type = "number", minimum = 0, maximum = 1000000 }
types.Rate = { type = "number", minimum = 0, maximum = 100 }
types.Byte = { type = "integer", minimum = 0, maximum = 255 }
types.Percent = { type = "integer", minimum = 0, maximum = 100 }
types.Switch = { type = "integer", minimum = 0, maximum = 1 }
types.SkillId = { type = "integer", minimum = -1, maximum = 26 }
types.Range = { type = "number", minimum = 0, maximum = 255 }
types.Section = {
  enum = {
    "position", "stats", "condition", "inventory", "equipment", "spells", "factions", "journal", "quests", "topics",
    "books", "kills", "nearby_actors", "nearby_players", "nearby_objects", "world", "chat", "dialog",
    "available_actions",
  },
}
types.Event = {
  enum = {
    "joining", "connect", "disconnect", "character_created", "cell_change", "cell_load", "cell_unload", "chat", "death",
    "resurrect", "attributes", "skills", "level", "bounty", "reputation", "shapeshift", "equipment", "inventory",
    "item_use", "spellbook", "spells_active", "cooldowns", "quick_keys", "spell_selected", "mark", "journal", "topics",
    "books", "factions", "actor_list", "actor_equipment", "actor_spells_active", "actor_death", "actor_ai",
    "actor_cell_change", "object_activate", "object_hit", "object_sound", "object_place", "object_spawn",
    "object_delete", "object_lock", "object_trap", "object_scale", "object_state", "object_gold", "object_restock",
    "dialogue_choice", "door_state", "container", "console_command", "script_local", "kills", "map", "weather", "video",
    "record_created", "script_global",
  },
}
types.Slot = {
  enum = {
    "helmet", "cuirass", "greaves", "left_pauldron", "right_pauldron", "left_gauntlet", "right_gauntlet", "boots",
    "shirt", "pants", "skirt", "robe", "left_ring", "right_ring", "amulet", "belt", "carried_right", "carried_left",
    "ammunition",
  },
}
types.Weather = {
  enum = { "clear", "cloudy", "foggy", "overcast", "rain", "thunder", "ash", "blight", "snow", "blizzard" },
}
types.ActorStat = {
  enum = {
    "health", "magicka", "fatigue", "level", "disposition", "fight", "flee", "alarm", "hello", "strength",
    "intelligence", "willpower", "agility", "speed", "endurance", "personality", "luck", "block", "armorer",
    "mediumarmor", "heavyarmor", "bluntweapon", "longblade", "axe", "spear", "athletics", "enchant", "destruction",
    "alteration", "illusion", "conjuration", "mysticism", "restoration", "alchemy", "unarmored", "security", "sneak",
    "acrobatics", "lightarmor", "shortblade", "marksman", "mercantile", "speechcraft", "handtohand",
  },
}
types.RecordType = {
  enum = {
    "activator", "apparatus", "armor", "bodypart", "book", "cell", "clothing", "container", "creature", "door",
    "enchantment", "gamesetting", "ingredient", "light", "lockpick", "miscellaneous", "npc", "potion", "probe",
    "repair", "script", "sound", "spell", "static", "weapon",
  },
}
types.ActivatorRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "type", type = { enum = { "activator" } } },
  },
  needed_without_base = { "name", "model" },
}
types.ApparatusRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "apparatus" } } },
    { name = "subtype", type = types.Amount, optional = true },
    { name = "quality", type = types.Weight, optional = true },
  },
  needed_without_base = { "name", "model" },
}
types.Part = {
  type = "object",
  fields = {
    { name = "part_type", type = { type = "integer", minimum = 0, maximum = 26 } },
    { name = "male_part", type = types.Name, optional = true },
    { name = "female_part", type = types.Name, optional = true },
  },
}
types.ArmorRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "enchantment_id", type = types.Name, optional = true },
    { name = "enchantment_charge", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "armor" } } },
    { name = "subtype", type = types.Amount, optional = true },
    { name = "health", type = types.Amount, optional = true },
    { name = "armor_rating", type = types.Amount, optional = true },
    { name = "parts", type = { type = "array", items = types.Part, max_items = 32 }, optional = true },
  },
  needed_without_base = { "name", "model" },
}
types.BodyPartRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "type", type = { enum = { "bodypart" } } },
    { name = "subtype", type = types.Amount, optional = true },
    { name = "part", type = { type = "integer", minimum = 0, maximum = 14 }, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "race", type = types.Name, optional = true },
    { name = "vampire_state", type = { type = "boolean" }, optional = true },
    { name = "flags", type = types.Amount, optional = true },
  },
  needed_without_base = { "subtype", "part", "model" },
}
types.BookRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "enchantment_id", type = types.Name, optional = true },
    { name = "enchantment_charge", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "book" } } },
    { name = "text", type = types.LongText, optional = true },
    { name = "scroll_state", type = { type = "boolean" }, optional = true },
    { name = "skill_id", type = types.SkillId, optional = true },
  },
  needed_without_base = { "name", "model" },
}
types.CellRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "type", type = { enum = { "cell" } } },
  },
  needed_without_base = { "id" },
}
types.ClothingRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "enchantment_id", type = types.Name, optional = true },
    { name = "enchantment_charge", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "clothing" } } },
    { name = "subtype", type = types.Amount, optional = true },
    { name = "parts", type = { type = "array", items = types.Part, max_items = 32 }, optional = true },
  },
  needed_without_base = { "name", "model" },
}
types.CarriedItem = {
  type = "object",
  fields = { { name = "id", type = types.Name }, { name = "count", type = types.ItemCount, default = 1 } },
}
types.ContainerRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "type", type = { enum = { "container" } } },
    { name = "weight", type = types.Weight, optional = true },
    { name = "flags", type = types.Amount, optional = true },
    { name = "items", type = { type = "array", items = types.CarriedItem, max_items = 32 }, optional = true },
  },
  needed_without_base = { "name", "model" },
}
types.Damage = {
  type = "object",
  fields = {
    { name = "min", type = { type = "integer", minimum = 0, maximum = 10000 } },
    { name = "max", type = { type = "integer", minimum = 0, maximum = 10000 } },
  },
}
types.CreatureRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "level", type = { type = "integer", minimum = 1, maximum = 10000 }, optional = true },
    { name = "health", type = types.Amount, optional = true },
    { name = "magicka", type = types.Amount, optional = true },
    { name = "fatigue", type = types.Amount, optional = true },
    { name = "ai_fight", type = types.Percent, optional = true },
    { name = "ai_flee", type = types.Percent, optional = true },
    { name = "ai_alarm", type = types.Percent, optional = true },
    { name = "ai_services", type = types.Amount, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "items", type = { type = "array", items = types.CarriedItem, max_items = 32 }, optional = true },
    { name = "type", type = { enum = { "creature" } } },
    { name = "model", type = types.Name, optional = true },
    { name = "subtype", type = types.Amount, optional = true },
    { name = "scale", type = { type = "number", minimum = 0.1, maximum = 10 }, optional = true },
    { name = "blood_type", type = { type = "integer", minimum = 0, maximum = 7 }, optional = true },
    { name = "soul_value", type = types.Amount, optional = true },
    { name = "damage_chop", type = types.Damage, optional = true },
    { name = "damage_slash", type = types.Damage, optional = true },
    { name = "damage_thrust", type = types.Damage, optional = true },
    { name = "flags", type = types.Amount, optional = true },
  },
  needed_without_base = { "base_id" },
}
types.DoorRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "type", type = { enum = { "door" } } },
    { name = "open_sound", type = types.Name, optional = true },
    { name = "close_sound", type = types.Name, optional = true },
  },
  needed_without_base = { "name", "model" },
}
types.Effect = {
  type = "object",
  fields = {
    { name = "id", type = { type = "integer", minimum = 0, maximum = 142 } },
    { name = "attribute", type = { type = "integer", minimum = -1, maximum = 7 }, optional = true },
    { name = "skill", type = types.SkillId, optional = true },
    { name = "range_type", type = { type = "integer", minimum = 0, maximum = 2 }, optional = true },
    { name = "area", type = types.Amount, optional = true },
    { name = "duration", type = types.Amount, optional = true },
    { name = "magnitude_min", type = types.Amount, optional = true },
    { name = "magnitude_max", type = types.Amount, optional = true },
  },
}
types.EnchantmentRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "type", type = { enum = { "enchantment" } } },
    { name = "subtype", type = types.Amount, optional = true },
    { name = "cost", type = types.Amount, optional = true },
    { name = "charge", type = types.Amount, optional = true },
    { name = "flags", type = types.Amount, optional = true },
    { name = "effects", type = { type = "array", items = types.Effect, max_items = 32 }, optional = true },
  },
  needed_without_base = { "effects" },
}
types.GameSettingRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "type", type = { enum = { "gamesetting" } } },
    { name = "int_var", type = types.Int, optional = true },
    { name = "float_var", type = { type = "number", minimum = -1000000, maximum = 1000000 }, optional = true },
    { name = "string_var", type = types.LongText, optional = true },
  },
  needed_without_base = { "id" },
}
types.IngredientRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "ingredient" } } },
    { name = "effects", type = { type = "array", items = types.Effect, max_items = 32 }, optional = true },
  },
  needed_without_base = { "name", "model" },
}
types.Color = {
  type = "object",
  fields = {
    { name = "red", type = types.Byte },
    { name = "green", type = types.Byte },
    { name = "blue", type = types.Byte },
  },
}
types.LightRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "light" } } },
    { name = "sound", type = types.Name, optional = true },
    { name = "time", type = types.Int, optional = true },
    { name = "radius", type = types.Amount, optional = true },
    { name = "color", type = types.Color, optional = true },
    { name = "flags", type = types.Amount, optional = true },
  },
  needed_without_base = { "model" },
}
types.LockpickRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "quality", type = types.Weight, optional = true },
    { name = "uses", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "lockpick" } } },
  },
  needed_without_base = { "name", "model" },
}
types.MiscellaneousRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "miscellaneous" } } },
    { name = "key_state", type = { type = "boolean" }, optional = true },
  },
  needed_without_base = { "name", "model" },
}
types.NpcRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "level", type = { type = "integer", minimum = 1, maximum = 10000 }, optional = true },
    { name = "health", type = types.Amount, optional = true },
    { name = "magicka", type = types.Amount, optional = true },
    { name = "fatigue", type = types.Amount, optional = true },
    { name = "ai_fight", type = types.Percent, optional = true },
    { name = "ai_flee", type = types.Percent, optional = true },
    { name = "ai_alarm", type = types.Percent, optional = true },
    { name = "ai_services", type = types.Amount, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "items", type = { type = "array", items = types.CarriedItem, max_items = 32 }, optional = true },
    { name = "type", type = { enum = { "npc" } } },
    { name = "inventory_base_id", type = types.Name, optional = true },
    { name = "gender", type = { enum = { "male", "female" } }, optional = true },
    { name = "race", type = types.Name, optional = true },
    { name = "hair", type = types.Name, optional = true },
    { name = "head", type = types.Name, optional = true },
    { name = "class", type = types.Name, optional = true },
    { name = "auto_calc", type = types.Switch, optional = true },
    { name = "faction", type = types.Name, optional = true },
  },
  needed_without_base = { "name", "race", "class" },
}
types.PotionRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "potion" } } },
    { name = "auto_calc", type = types.Switch, optional = true },
    { name = "effects", type = { type = "array", items = types.Effect, max_items = 32 }, optional = true },
  },
  needed_without_base = { "name", "model" },
}
types.ProbeRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "quality", type = types.Weight, optional = true },
    { name = "uses", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "probe" } } },
  },
  needed_without_base = { "name", "model" },
}
types.RepairRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "quality", type = types.Weight, optional = true },
    { name = "uses", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "repair" } } },
  },
  needed_without_base = { "name", "model" },
}
types.ScriptRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "type", type = { enum = { "script" } } },
    { name = "script_text", type = types.LongText, optional = true },
  },
  needed_without_base = { "id", "script_text" },
}
types.SoundRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "type", type = { enum = { "sound" } } },
    { name = "sound", type = types.Name, optional = true },
    { name = "volume", type = types.Range, optional = true },
    { name = "min_range", type = types.Range, optional = true },
    { name = "max_range", type = types.Range, optional = true },
  },
  needed_without_base = { "sound" },
}
types.SpellRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "type", type = { enum = { "spell" } } },
    { name = "name", type = types.Name, optional = true },
    { name = "subtype", type = types.Amount, optional = true },
    { name = "cost", type = types.Amount, optional = true },
    { name = "flags", type = types.Amount, optional = true },
    { name = "effects", type = { type = "array", items = types.Effect, max_items = 32 }, optional = true },
  },
  needed_without_base = { "name" },
}
types.StaticRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "type", type = { enum = { "static" } } },
    { name = "model", type = types.Name, optional = true },
  },
  needed_without_base = { "model" },
}
types.WeaponRecord = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "model", type = types.Name, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "icon", type = types.Name, optional = true },
    { name = "weight", type = types.Weight, optional = true },
    { name = "value", type = types.Amount, optional = true },
    { name = "enchantment_id", type = types.Name, optional = true },
    { name = "enchantment_charge", type = types.Amount, optional = true },
    { name = "type", type = { enum = { "weapon" } } },
    { name = "subtype", type = types.Amount, optional = true },
    { name = "health", type = types.Amount, optional = true },
    { name = "speed", type = types.Rate, optional = true },
    { name = "reach", type = types.Rate, optional = true },
    { name = "damage_chop", type = types.Damage, optional = true },
    { name = "damage_slash", type = types.Damage, optional = true },
    { name = "damage_thrust", type = types.Damage, optional = true },
    { name = "flags", type = types.Amount, optional = true },
  },
  needed_without_base = { "name", "model" },
}
types.Record = {
  tag = "type",
  of = {
    activator = types.ActivatorRecord,
    apparatus = types.ApparatusRecord,
    armor = types.ArmorRecord,
    bodypart = types.BodyPartRecord,
    book = types.BookRecord,
    cell = types.CellRecord,
    clothing = types.ClothingRecord,
    container = types.ContainerRecord,
    creature = types.CreatureRecord,
    door = types.DoorRecord,
    enchantment = types.EnchantmentRecord,
    gamesetting = types.GameSettingRecord,
    ingredient = types.IngredientRecord,
    light = types.LightRecord,
    lockpick = types.LockpickRecord,
    miscellaneous = types.MiscellaneousRecord,
    npc = types.NpcRecord,
    potion = types.PotionRecord,
    probe = types.ProbeRecord,
    repair = types.RepairRecord,
    script = types.ScriptRecord,
    sound = types.SoundRecord,
    spell = types.SpellRecord,
    static = types.StaticRecord,
    weapon = types.WeaponRecord,
  },
}
types.NewNpc = {
  type = "object",
  fields = {
    { name = "id", type = types.Name, optional = true },
    { name = "base_id", type = types.Name, optional = true },
    { name = "name", type = types.Name, optional = true },
    { name = "level", type = { type = "integer", minimum = 1, maximum = 10000 }, optional = true },
    { name = "health", type = types.Amount, optional = true },
    { name = "magicka", type = types.Amount, optional = true },
    { name = "fatigue", type = types.Amount, optional = true },
    { name = "ai_fight", type = types.Percent, optional = true },
    { name = "ai_flee", type = types.Percent, optional = true },
    { name = "ai_alarm", type = types.Percent, optional = true },
    { name = "ai_services", type = types.Amount, optional = true },
    { name = "script", type = types.Name, optional = true },
    { name = "items", type = { type = "array", items = types.CarriedItem, max_items = 32 }, optional = true },
    { name = "type", type = { enum = { "npc" } }, default = "npc" },
    { name = "inventory_base_id", type = types.Name, optional = true },
    { name = "gender", type = { enum = { "male", "female" } }, optional = true },
    { name = "race", type = types.Name, optional = true },
    { name = "hair", type = types.Name, optional = true },
    { name = "head", type = types.Name, optional = true },
    { name = "class", type = types.Name, optional = true },
    { name = "auto_calc", type = types.Switch, optional = true },
    { name = "faction", type = types.Name, optional = true },
  },
  needed_without_base = { "name", "race", "class" },
}
types.Call = {
  type = "object",
  fields = {
    { name = "name", type = { type = "string", min_length = 1, max_length = 64 } },
    { name = "arguments", type = { type = "array", items = { type = "any" }, max_items = 16 }, default = {} },
  },
}
types.Stack = {
  type = "object",
  fields = { { name = "item", type = types.Name }, { name = "count", type = types.ItemCount, default = 1 } },
}

--- The version of the protocol.
M.PROTOCOL = 2

--- The largest number that is sent.
M.MAX_INTEGER = 99999999999999

--- The farthest position, in game units.
M.MAX_COORDINATE = 8000000

--- The side of an exterior cell, in game units.
M.CELL_SIDE = 8192

--- The farthest exterior cell.
M.FARTHEST_CELL = 976

--- The radius of the nearby sections, in game units.
M.DEFAULT_RADIUS = 4096

--- The most items that a nearby section lists.
M.DEFAULT_MOST = 64

--- The shortest time between two readings of an entity.
M.CADENCE_SHORTEST_S = 0.05

--- The longest one.
M.CADENCE_LONGEST_S = 1

--- The least speed that an entity is taken to have.
M.CADENCE_LEAST_SPEED = 100

--- An entity is read before it has moved this part of its distance.
M.CADENCE_PARTS = 16

--- What a token can allow.
M.SCOPES = { "observe", "act", "chat_command", "operate", "raw" }

--- The sections of a perception, in the order in which they are sent.
M.SECTIONS = types.Section.enum

--- The events, topic by topic.
M.EVENTS = types.Event.enum

--- The engine's equipment slots, by number plus one.
M.SLOTS = types.Slot.enum

--- The engine's kinds of weather, by number plus one.
M.WEATHER = types.Weather.enum

--- The types of records.
M.RECORD_TYPES = types.RecordType.enum

--- Clients' messages: what the token must allow, and the fields.
M.messages = {
  hello = {
    fields = {
      { name = "id", type = types.MessageId },
      { name = "protocol", type = { type = "integer" }, default = 1 },
      { name = "client", type = types.ClientName },
    },
  },
  subscribe = {
    scope = "observe",
    fields = {
      { name = "id", type = types.MessageId },
      {
        name = "players",
        type = { any_of = { { enum = { "all" } }, { type = "array", items = types.PlayerName } } },
        default = "all",
      },
      { name = "sections", type = { type = "array", items = types.Section } },
      { name = "rate_hz", type = { type = "number", maximum = 20, exclusive_minimum = 0 }, default = 5 },
      { name = "radius", type = types.Radius, default = 4096 },
      { name = "most", type = types.Most, default = 64 },
      { name = "events", type = { type = "array", items = types.Event }, default = {} },
      { name = "event_cells", type = { type = "array", items = types.PlayerName }, optional = true },
      { name = "event_radius", type = types.Radius, optional = true },
    },
  },
  observe = {
    scope = "observe",
    fields = {
      { name = "id", type = types.MessageId },
      { name = "player", type = types.PlayerName },
      { name = "sections", type = { type = "array", items = types.Section }, optional = true },
      { name = "radius", type = types.Radius, default = 4096 },
      { name = "most", type = types.Most, default = 64 },
    },
  },
  command = {
    scope = "act",
    fields = {
      { name = "id", type = types.MessageId },
      { name = "name", type = { type = "string" } },
      { name = "arguments", type = { type = "object" } },
      { name = "deadline", type = { type = "integer", minimum = 0, maximum = 99999999999999 } },
      { name = "traceparent", type = types.Traceparent, optional = true },
    },
  },
  ping = { fields = { { name = "id", type = types.MessageId } } },
}

--- Commands: the file of the function, what the token must allow besides `act`, and the arguments.
M.commands = {
  animate_actor = {
    topic = "actors",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      {
        name = "group",
        type = {
          type = "string",
          max_length = 64,
          pattern = "^[A-Za-z0-9][A-Za-z0-9_]*$",
          words = "must be the name of an animation group like \"idle3\"",
        },
      },
      { name = "loops", type = types.Hours, default = 0 },
    },
  },
  equip_actor = {
    topic = "actors",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "slot", type = types.Slot },
      { name = "item", type = types.Name },
      { name = "count", type = types.ItemCount, default = 1 },
    },
  },
  kill_actor = {
    topic = "actors",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
    },
  },
  move_actor = {
    topic = "actors",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "x", type = types.Coordinate },
      { name = "y", type = types.Coordinate },
      { name = "z", type = types.Coordinate },
      { name = "to_cell", type = types.Name, optional = true },
      { name = "yaw", type = types.Angle, default = 0 },
    },
  },
  say_as_actor = {
    topic = "actors",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "text", type = types.Text, optional = true },
      { name = "voice", type = types.Name, optional = true },
      { name = "name", type = types.Name, optional = true },
      { name = "radius", type = { type = "number", minimum = 1, maximum = 100000 }, default = 2048 },
    },
  },
  set_actor_lines = {
    topic = "actors",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "lines", type = { type = "array", items = types.Text, max_items = 32 } },
    },
  },
  set_actor_stat = {
    topic = "actors",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "stat", type = types.ActorStat },
      { name = "value", type = { type = "integer", minimum = 0, maximum = 100000 } },
    },
  },
  spawn_actor = {
    topic = "actors",
    fields = {
      { name = "player", type = types.Name },
      { name = "cell", type = types.Name, optional = true },
      { name = "x", type = types.Coordinate, optional = true },
      { name = "y", type = types.Coordinate, optional = true },
      { name = "z", type = types.Coordinate, optional = true },
      { name = "yaw", type = types.Angle, optional = true },
      { name = "ref_id", type = types.Name },
    },
  },
  spawn_npc = {
    topic = "actors",
    fields = {
      { name = "player", type = types.Name },
      { name = "cell", type = types.Name, optional = true },
      { name = "x", type = types.Coordinate, optional = true },
      { name = "y", type = types.Coordinate, optional = true },
      { name = "z", type = types.Coordinate, optional = true },
      { name = "yaw", type = types.Angle, optional = true },
      { name = "npc", type = types.NewNpc },
      { name = "lines", type = { type = "array", items = types.Text, min_items = 1, max_items = 32 }, optional = true },
    },
  },
  unequip_actor = {
    topic = "actors",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "slot", type = types.Slot },
    },
  },
  actor_activate = {
    topic = "ai",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "target", type = types.UniqueIndex },
    },
  },
  actor_escort = {
    topic = "ai",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "target_player", type = types.Name, optional = true },
      { name = "target", type = types.UniqueIndex, optional = true },
      { name = "x", type = types.Coordinate },
      { name = "y", type = types.Coordinate },
      { name = "z", type = types.Coordinate },
      { name = "duration", type = types.Hours, default = 0 },
    },
  },
  actor_fight = {
    topic = "ai",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "target_player", type = types.Name, optional = true },
      { name = "target", type = types.UniqueIndex, optional = true },
    },
  },
  actor_follow = {
    topic = "ai",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "target_player", type = types.Name, optional = true },
      { name = "target", type = types.UniqueIndex, optional = true },
    },
  },
  actor_stop = {
    topic = "ai",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
    },
  },
  actor_travel = {
    topic = "ai",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "x", type = types.Coordinate },
      { name = "y", type = types.Coordinate },
      { name = "z", type = types.Coordinate },
    },
  },
  actor_wander = {
    topic = "ai",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "distance", type = { type = "integer", minimum = 0, maximum = 32768 }, default = 512 },
      { name = "duration", type = types.Hours, default = 0 },
      { name = "repeat", type = { type = "boolean" }, default = true },
    },
  },
  set_ally = {
    topic = "allies",
    fields = {
      { name = "player", type = types.Name },
      { name = "other", type = types.Name },
      { name = "allied", type = { type = "boolean" }, default = true },
    },
  },
  play_animation = {
    topic = "animation",
    fields = {
      { name = "player", type = types.Name },
      {
        name = "animation",
        type = {
          enum = {
            "idle2", "idle3", "idle4", "idle5", "idle6", "idle7", "idle8", "idle9", "hit1", "hit2", "hit3", "hit4",
            "hit5", "pickprobe",
          },
        },
      },
      { name = "count", type = { type = "integer", minimum = 1, maximum = 100 }, default = 1 },
    },
  },
  play_sound = {
    topic = "animation",
    fields = { { name = "player", type = types.Name }, { name = "sound", type = types.Name } },
  },
  play_speech = {
    topic = "animation",
    fields = { { name = "player", type = types.Name }, { name = "file", type = types.Name } },
  },
  api = {
    topic = "api",
    scope = "raw",
    fields = {
      { name = "player", type = types.Name },
      { name = "calls", type = { type = "array", items = types.Call, min_items = 1, max_items = 256 } },
    },
  },
  set_birthsign = {
    topic = "character",
    fields = { { name = "player", type = types.Name }, { name = "birthsign", type = types.Name } },
  },
  set_class = {
    topic = "character",
    fields = { { name = "player", type = types.Name }, { name = "class", type = types.Name } },
  },
  set_custom_class = {
    topic = "character",
    fields = {
      { name = "player", type = types.Name },
      { name = "name", type = types.Label },
      { name = "specialization", type = { enum = { "combat", "magic", "stealth" } } },
      { name = "attributes", type = { type = "array", items = types.Name, min_items = 2, max_items = 2 } },
      { name = "major_skills", type = { type = "array", items = types.Name, min_items = 5, max_items = 5 } },
      { name = "minor_skills", type = { type = "array", items = types.Name, min_items = 5, max_items = 5 } },
      { name = "description", type = types.Text, optional = true },
    },
  },
  set_name = {
    topic = "character",
    fields = { { name = "player", type = types.Name }, { name = "name", type = types.Name } },
  },
  set_race = {
    topic = "character",
    fields = {
      { name = "player", type = types.Name },
      { name = "race", type = types.Name },
      { name = "gender", type = { enum = { "male", "female" } }, optional = true },
      { name = "head", type = types.Name, optional = true },
      { name = "hair", type = types.Name, optional = true },
    },
  },
  broadcast = {
    topic = "chat",
    fields = { { name = "player", type = types.Name }, { name = "text", type = types.Text } },
  },
  chat = {
    topic = "chat",
    fields = {
      { name = "player", type = types.Name },
      {
        name = "text",
        type = {
          type = "string",
          min_length = 1,
          max_length = 1024,
          pattern = "^[^%z\001-\031\127/][^%z\001-\031\127]*$",
          words = "must be one line that does not begin with '/': give a chat command to chat_command",
        },
      },
    },
  },
  chat_command = {
    topic = "chat",
    scope = "chat_command",
    fields = {
      { name = "player", type = types.Name },
      {
        name = "text",
        type = {
          type = "string",
          min_length = 1,
          max_length = 1024,
          pattern = "^/[^%z\001-\031\127]*$",
          words = "must be one line that begins with '/': give what is to be said to chat",
        },
      },
    },
  },
  clear_chat = { topic = "chat", fields = { { name = "player", type = types.Name } } },
  console = {
    topic = "chat",
    scope = "raw",
    fields = { { name = "player", type = types.Name }, { name = "text", type = types.Text } },
  },
  message = {
    topic = "chat",
    fields = { { name = "player", type = types.Name }, { name = "text", type = types.Text } },
  },
  message_box = {
    topic = "chat",
    fields = { { name = "player", type = types.Name }, { name = "text", type = types.Text } },
  },
  whisper = {
    topic = "chat",
    fields = {
      { name = "player", type = types.Name },
      { name = "to", type = types.Name },
      { name = "text", type = types.Text },
    },
  },
  activate = {
    topic = "client_input",
    fields = { { name = "player", type = types.Name }, { name = "unique_index", type = types.UniqueIndex } },
  },
  attack = {
    topic = "client_input",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex, optional = true },
    },
  },
  barter = {
    topic = "client_input",
    fields = {
      { name = "player", type = types.Name },
      { name = "deal", type = { enum = { "buy", "sell" } } },
      { name = "item", type = types.Name },
      { name = "count", type = types.ItemCount, default = 1 },
    },
  },
  block = {
    topic = "client_input",
    fields = {
      { name = "player", type = types.Name },
      { name = "seconds", type = { type = "number", minimum = 0.05, maximum = 60 }, default = 1 },
    },
  },
  cast = {
    topic = "client_input",
    fields = {
      { name = "player", type = types.Name },
      { name = "spell", type = types.Name, optional = true },
      { name = "unique_index", type = types.UniqueIndex, optional = true },
    },
  },
  choose_topic = {
    topic = "client_input",
    fields = { { name = "player", type = types.Name }, { name = "topic", type = types.Name } },
  },
  jump = { topic = "client_input", fields = { { name = "player", type = types.Name } } },
  look = {
    topic = "client_input",
    fields = {
      { name = "player", type = types.Name },
      { name = "radius", type = { type = "number", minimum = 1, maximum = 100000 }, default = 4096 },
    },
  },
  open = {
    topic = "client_input",
    fields = { { name = "player", type = types.Name }, { name = "unique_index", type = types.UniqueIndex } },
  },
  run = {
    topic = "client_input",
    fields = {
      { name = "player", type = types.Name },
      { name = "direction", type = { enum = { "forward", "back", "left", "right" } }, default = "forward" },
      { name = "seconds", type = { type = "number", minimum = 0.05, maximum = 60 }, default = 1 },
      { name = "distance", type = { type = "number", minimum = 1, maximum = 100000 }, optional = true },
    },
  },
  stop_moving = { topic = "client_input", fields = { { name = "player", type = types.Name } } },
  take = {
    topic = "client_input",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "item", type = types.Name, optional = true },
      { name = "count", type = types.ItemCount, default = 1 },
    },
  },
  talk = {
    topic = "client_input",
    fields = { { name = "player", type = types.Name }, { name = "unique_index", type = types.UniqueIndex } },
  },
  turn = {
    topic = "client_input",
    fields = {
      { name = "player", type = types.Name },
      { name = "yaw", type = types.Angle, optional = true },
      { name = "by", type = types.Angle, optional = true },
      { name = "pitch", type = { type = "number", minimum = -90, maximum = 90 }, optional = true },
    },
  },
  walk = {
    topic = "client_input",
    fields = {
      { name = "player", type = types.Name },
      { name = "direction", type = { enum = { "forward", "back", "left", "right" } }, default = "forward" },
      { name = "seconds", type = { type = "number", minimum = 0.05, maximum = 60 }, default = 1 },
      { name = "distance", type = { type = "number", minimum = 1, maximum = 100000 }, optional = true },
    },
  },
  put_in_container = {
    topic = "containers",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "item", type = types.Name },
      { name = "count", type = types.ItemCount, default = 1 },
    },
  },
  set_container = {
    topic = "containers",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "items", type = { type = "array", items = types.Stack, max_items = 200 } },
    },
  },
  take_from_container = {
    topic = "containers",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "item", type = types.Name },
      { name = "count", type = types.ItemCount, default = 1 },
    },
  },
  answer_dialog = {
    topic = "dialogs",
    scope = "chat_command",
    fields = {
      { name = "player", type = types.Name },
      { name = "number", type = { type = "integer", minimum = 1, maximum = 2147483647 }, optional = true },
      { name = "index", type = { type = "integer", minimum = 0, maximum = 100000 }, optional = true },
      { name = "choice", type = types.Text, optional = true },
      { name = "text", type = types.Text, optional = true },
    },
  },
  ask = {
    topic = "dialogs",
    fields = {
      { name = "player", type = types.Name },
      { name = "text", type = types.Text },
      { name = "buttons", type = { type = "array", items = types.Label, min_items = 1, max_items = 8 } },
    },
  },
  ask_choice = {
    topic = "dialogs",
    fields = {
      { name = "player", type = types.Name },
      { name = "text", type = types.Text },
      { name = "choices", type = { type = "array", items = types.Label, min_items = 1, max_items = 32 } },
    },
  },
  ask_text = {
    topic = "dialogs",
    fields = {
      { name = "player", type = types.Name },
      { name = "text", type = types.Text },
      { name = "note", type = types.Text, optional = true },
    },
  },
  leave_faction = {
    topic = "factions",
    fields = { { name = "player", type = types.Name }, { name = "faction", type = types.Name } },
  },
  set_faction_expelled = {
    topic = "factions",
    fields = {
      { name = "player", type = types.Name },
      { name = "faction", type = types.Name },
      { name = "expelled", type = { type = "boolean" } },
    },
  },
  set_faction_rank = {
    topic = "factions",
    fields = {
      { name = "player", type = types.Name },
      { name = "faction", type = types.Name },
      { name = "rank", type = { type = "integer", minimum = 0, maximum = 9 } },
    },
  },
  set_faction_reputation = {
    topic = "factions",
    fields = {
      { name = "player", type = types.Name },
      { name = "faction", type = types.Name },
      { name = "reputation", type = { type = "integer", minimum = -100000, maximum = 100000 } },
    },
  },
  equip = {
    topic = "inventory",
    fields = {
      { name = "player", type = types.Name },
      { name = "item", type = types.Name },
      { name = "slot", type = types.Slot },
    },
  },
  give_item = {
    topic = "inventory",
    fields = {
      { name = "player", type = types.Name },
      { name = "item", type = types.Name },
      { name = "count", type = types.ItemCount, default = 1 },
    },
  },
  set_gold = {
    topic = "inventory",
    fields = {
      { name = "player", type = types.Name },
      { name = "amount", type = { type = "integer", minimum = 0, maximum = 1000000 } },
    },
  },
  take_item = {
    topic = "inventory",
    fields = {
      { name = "player", type = types.Name },
      { name = "item", type = types.Name },
      { name = "count", type = types.ItemCount, default = 1 },
    },
  },
  unequip = {
    topic = "inventory",
    fields = { { name = "player", type = types.Name }, { name = "slot", type = types.Slot } },
  },
  journal = {
    topic = "journal",
    fields = {
      { name = "player", type = types.Name },
      { name = "quest", type = types.Name },
      { name = "index", type = { type = "integer", minimum = 0, maximum = 1000000 } },
      { name = "kind", type = { enum = { "entry", "index" } }, default = "entry" },
    },
  },
  jail = {
    topic = "lifecycle",
    fields = {
      { name = "player", type = types.Name },
      { name = "days", type = { type = "integer", minimum = 1, maximum = 365 } },
      { name = "stay", type = { type = "boolean" }, default = false },
      { name = "keep_skills", type = { type = "boolean" }, default = false },
      { name = "text", type = types.Text, optional = true },
    },
  },
  kick = {
    topic = "lifecycle",
    of_server = true,
    fields = { { name = "player", type = types.Name }, { name = "reason", type = types.Text, optional = true } },
  },
  resurrect = {
    topic = "lifecycle",
    fields = {
      { name = "player", type = types.Name },
      { name = "at", type = { enum = { "here", "imperial_shrine", "tribunal_temple" } }, default = "here" },
    },
  },
  place_item = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "cell", type = types.Name, optional = true },
      { name = "x", type = types.Coordinate, optional = true },
      { name = "y", type = types.Coordinate, optional = true },
      { name = "z", type = types.Coordinate, optional = true },
      { name = "yaw", type = types.Angle, optional = true },
      { name = "item", type = types.Name },
      { name = "count", type = types.ItemCount, default = 1 },
      { name = "charge", type = { type = "integer", minimum = -1, maximum = 1000000 }, default = -1 },
      { name = "soul", type = types.Name, optional = true },
    },
  },
  delete_object = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
    },
  },
  move_object = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "x", type = types.Coordinate },
      { name = "y", type = types.Coordinate },
      { name = "z", type = types.Coordinate },
    },
  },
  rotate_object = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "yaw", type = types.Angle },
      { name = "pitch", type = types.Angle, default = 0 },
      { name = "roll", type = types.Angle, default = 0 },
    },
  },
  scale_object = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "scale", type = { type = "number", minimum = 0.1, maximum = 10 } },
    },
  },
  lock_object = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "level", type = { type = "integer", minimum = 1, maximum = 100 }, default = 50 },
    },
  },
  unlock_object = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
    },
  },
  untrap_object = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
    },
  },
  set_door = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "state", type = { enum = { "open", "closed" } } },
    },
  },
  enable_object = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
    },
  },
  disable_object = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
    },
  },
  activate_object = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
    },
  },
  play_object_sound = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "sound", type = types.Name },
      { name = "volume", type = { type = "number", minimum = 0, maximum = 1 }, default = 1 },
      { name = "pitch", type = { type = "number", minimum = 0.1, maximum = 10 }, default = 1 },
    },
  },
  set_merchant_gold = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "gold", type = { type = "integer", minimum = 0, maximum = 1000000000 } },
    },
  },
  set_door_destination = {
    topic = "objects",
    fields = {
      { name = "player", type = types.Name },
      { name = "unique_index", type = types.UniqueIndex },
      { name = "cell", type = types.Name, optional = true },
      { name = "to_cell", type = types.Name },
      { name = "x", type = types.Coordinate },
      { name = "y", type = types.Coordinate },
      { name = "z", type = types.Coordinate },
      { name = "yaw", type = types.Angle, default = 0 },
    },
  },
  ban = {
    topic = "operators",
    scope = "operate",
    of_server = true,
    fields = {
      { name = "player", type = types.Name },
      { name = "reason", type = types.Text, optional = true },
      { name = "addresses", type = { type = "boolean" }, default = false },
    },
  },
  list_players = {
    topic = "operators",
    scope = "operate",
    of_server = true,
    fields = { { name = "player", type = types.Name } },
  },
  reset_kills = {
    topic = "operators",
    scope = "operate",
    of_server = true,
    fields = { { name = "player", type = types.Name } },
  },
  save_all = {
    topic = "operators",
    scope = "operate",
    of_server = true,
    fields = { { name = "player", type = types.Name } },
  },
  stop_server = {
    topic = "operators",
    scope = "operate",
    of_server = true,
    fields = {
      { name = "player", type = types.Name },
      { name = "text", type = types.Text, optional = true },
      { name = "force", type = { type = "boolean" }, default = false },
    },
  },
  unban = {
    topic = "operators",
    scope = "operate",
    of_server = true,
    fields = {
      { name = "player", type = types.Name },
      { name = "addresses", type = { type = "boolean" }, default = true },
    },
  },
  push = {
    topic = "position",
    fields = {
      { name = "player", type = types.Name },
      { name = "x", type = types.Speed, default = 0 },
      { name = "y", type = types.Speed, default = 0 },
      { name = "z", type = types.Speed, default = 0 },
    },
  },
  set_mark = {
    topic = "position",
    fields = {
      { name = "player", type = types.Name },
      { name = "cell", type = types.Name, optional = true },
      { name = "x", type = types.Coordinate },
      { name = "y", type = types.Coordinate },
      { name = "z", type = types.Coordinate },
    },
  },
  teleport = {
    topic = "position",
    fields = {
      { name = "player", type = types.Name },
      { name = "to", type = types.Name, optional = true },
      { name = "to_player", type = types.Name, optional = true },
      { name = "cell", type = types.Name, optional = true },
      { name = "x", type = types.Coordinate, optional = true },
      { name = "y", type = types.Coordinate, optional = true },
      { name = "z", type = types.Coordinate, optional = true },
      { name = "yaw", type = types.Angle, optional = true },
    },
  },
  clone_record = {
    topic = "records",
    fields = {
      { name = "player", type = types.Name },
      { name = "type", type = types.RecordType },
      { name = "base_id", type = types.Name },
      { name = "id", type = types.Name, optional = true },
      { name = "name", type = types.Name, optional = true },
    },
  },
  create_record = {
    topic = "records",
    fields = { { name = "player", type = types.Name }, { name = "record", type = types.Record } },
  },
  delete_record = {
    topic = "records",
    fields = { { name = "player", type = types.Name }, { name = "id", type = types.Name } },
  },
  set_bounty = {
    topic = "reputation",
    fields = {
      { name = "player", type = types.Name },
      { name = "bounty", type = { type = "integer", minimum = 0, maximum = 1000000 } },
    },
  },
  set_reputation = {
    topic = "reputation",
    fields = {
      { name = "player", type = types.Name },
      { name = "reputation", type = { type = "integer", minimum = -100000, maximum = 100000 } },
    },
  },
  set_client_setting = {
    topic = "settings",
    fields = {
      { name = "player", type = types.Name },
      { name = "setting", type = { enum = { "difficulty", "physics_framerate", "log_level" } } },
      { name = "value", type = { type = "integer", minimum = -100, maximum = 1000 }, optional = true },
    },
  },
  set_permission = {
    topic = "settings",
    fields = {
      { name = "player", type = types.Name },
      { name = "permission", type = { enum = { "console", "bed_rest", "wilderness_rest", "wait" } } },
      { name = "allowed", type = { type = "boolean" }, optional = true },
    },
  },
  set_creature = {
    topic = "shapeshift",
    fields = {
      { name = "player", type = types.Name },
      { name = "creature", type = types.Name, optional = true },
      { name = "show_name", type = { type = "boolean" }, default = false },
    },
  },
  set_scale = {
    topic = "shapeshift",
    fields = {
      { name = "player", type = types.Name },
      { name = "scale", type = { type = "number", minimum = 0.1, maximum = 10 } },
    },
  },
  set_werewolf = {
    topic = "shapeshift",
    fields = { { name = "player", type = types.Name }, { name = "werewolf", type = { type = "boolean" } } },
  },
  add_effect = {
    topic = "spells",
    fields = {
      { name = "player", type = types.Name },
      { name = "spell", type = types.Name },
      { name = "effect", type = { type = "integer", minimum = 0, maximum = 142 } },
      { name = "magnitude", type = { type = "number", minimum = 0, maximum = 10000 } },
      { name = "duration_s", type = { type = "number", minimum = 0.1, maximum = 100000 } },
      { name = "label", type = types.Name, optional = true },
      { name = "attribute", type = types.Name, optional = true },
      { name = "skill", type = types.Name, optional = true },
    },
  },
  add_spell = {
    topic = "spells",
    fields = { { name = "player", type = types.Name }, { name = "spell", type = types.Name } },
  },
  clear_spells = { topic = "spells", fields = { { name = "player", type = types.Name } } },
  remove_effect = {
    topic = "spells",
    fields = { { name = "player", type = types.Name }, { name = "spell", type = types.Name } },
  },
  remove_spell = {
    topic = "spells",
    fields = { { name = "player", type = types.Name }, { name = "spell", type = types.Name } },
  },
  select_spell = {
    topic = "spells",
    fields = { { name = "player", type = types.Name }, { name = "spell", type = types.Name } },
  },
  set_stat = {
    topic = "stats",
    fields = {
      { name = "player", type = types.Name },
      { name = "stat", type = types.Name },
      { name = "value", type = { type = "number", minimum = 0, maximum = 100000 } },
    },
  },
  add_book = {
    topic = "topics",
    fields = { { name = "player", type = types.Name }, { name = "book", type = types.Name } },
  },
  add_topic = {
    topic = "topics",
    fields = { { name = "player", type = types.Name }, { name = "topic", type = types.Name } },
  },
  set_kills = {
    topic = "topics",
    fields = {
      { name = "player", type = types.Name },
      { name = "ref_id", type = types.Name },
      { name = "count", type = { type = "integer", minimum = 0, maximum = 1000000 } },
    },
  },
  show_map = {
    topic = "topics",
    fields = {
      { name = "player", type = types.Name },
      { name = "x", type = types.GridNumber },
      { name = "y", type = types.GridNumber },
    },
  },
  override_destination = {
    topic = "world",
    fields = {
      { name = "player", type = types.Name },
      { name = "from_cell", type = types.Name },
      { name = "to_cell", type = types.Name },
    },
  },
  reset_cell = {
    topic = "world",
    fields = { { name = "player", type = types.Name }, { name = "cell", type = types.Name } },
  },
  server_info = { topic = "world", fields = { { name = "player", type = types.Name } } },
  set_collision = {
    topic = "world",
    fields = {
      { name = "player", type = types.Name },
      { name = "players", type = { type = "boolean" }, optional = true },
      { name = "actors", type = { type = "boolean" }, optional = true },
      { name = "placed_objects", type = { type = "boolean" }, optional = true },
      { name = "placed_objects_as_actors", type = { type = "boolean" }, optional = true },
    },
  },
  set_script_global = {
    topic = "world",
    fields = {
      { name = "player", type = types.Name },
      { name = "name", type = types.Name },
      { name = "kind", type = { enum = { "short", "long", "float" } } },
      { name = "value", type = { type = "number", minimum = -2147483647, maximum = 2147483647 } },
    },
  },
  set_time = {
    topic = "world",
    fields = {
      { name = "player", type = types.Name },
      { name = "hour", type = { type = "number", minimum = 0, maximum = 23.99 }, optional = true },
      { name = "day", type = { type = "integer", minimum = 1, maximum = 31 }, optional = true },
      { name = "month", type = { type = "integer", minimum = 1, maximum = 12 }, optional = true },
      { name = "year", type = { type = "integer", minimum = 1, maximum = 10000 }, optional = true },
      { name = "days_passed", type = { type = "integer", minimum = 0, maximum = 10000000 }, optional = true },
      { name = "day_time_scale", type = { type = "number", minimum = 0, maximum = 1000 }, optional = true },
      { name = "night_time_scale", type = { type = "number", minimum = 0, maximum = 1000 }, optional = true },
    },
  },
  set_weather = {
    topic = "world",
    fields = {
      { name = "player", type = types.Name },
      { name = "weather", type = types.Weather },
      { name = "region", type = types.Name, optional = true },
    },
  },
}

return M
