--- Records made at run time: the one being built, and the packet that carries a list of them, all of one type.
local TEXTS = { Id = "id", BaseId = "baseId", InventoryBaseId = "inventoryBaseId", Name = "name", Model = "model",
  Icon = "icon", Script = "script", ScriptText = "scriptText", Text = "text", EnchantmentId = "enchantmentId",
  OpenSound = "openSound", CloseSound = "closeSound", Sound = "sound", Race = "race", Hair = "hair", Head = "head",
  Class = "class", Faction = "faction", StringVariable = "stringVar" }

local NUMBERS = { Subtype = "subtype", Value = "value", Weight = "weight", Quality = "quality", Uses = "uses",
  Time = "time", Radius = "radius", Health = "health", Magicka = "magicka", Fatigue = "fatigue", Level = "level",
  ArmorRating = "armorRating", Speed = "speed", Reach = "reach", Scale = "scale", BloodType = "bloodType",
  SoulValue = "soulValue", AIFight = "aiFight", AIFlee = "aiFlee", AIAlarm = "aiAlarm", AIServices = "aiServices",
  AutoCalc = "autoCalc", Gender = "gender", Flags = "flags", Cost = "cost", Charge = "charge",
  EnchantmentCharge = "enchantmentCharge", SkillId = "skillId", IntegerVariable = "intVar", FloatVariable = "floatVar",
  Volume = "volume", MinRange = "minRange", MaxRange = "maxRange", ScrollState = "scrollState",
  KeyState = "keyState", VampireState = "vampireState" }

local EFFECT = { Id = "id", Attribute = "attribute", Skill = "skill", RangeType = "rangeType", Area = "area",
  Duration = "duration", MagnitudeMin = "magnitudeMin", MagnitudeMax = "magnitudeMax" }

local BODY_PART = 3 -- enumerations.recordType

local function setters(server, define, prefix, fields, holder)
  for name, field in pairs(fields) do
    define(prefix .. name, function(value) server.writing[holder][field] = value end)
  end
end

local function damage(server, define)
  for _, kind in ipairs { "Chop", "Slash", "Thrust" } do
    define("SetRecordDamage" .. kind, function(low, high)
      server.writing.record["damage" .. kind] = { min = low, max = high }
    end)
  end
  define("SetRecordColor", function(red, green, blue)
    server.writing.record.color = { red = red, green = green, blue = blue }
  end)
end

--- A record's parts are stored in its list when they are added.
local function part(server, define, add, list, holder)
  server.writing[holder] = {}
  define(add, function()
    local record = server.writing.record
    record[list] = record[list] or {}
    table.insert(record[list], server.writing[holder])
    server.writing[holder] = {}
  end)
end

local function parts(server, define)
  part(server, define, "AddRecordEffect", "effects", "record_effect")
  part(server, define, "AddRecordBodyPart", "parts", "record_part")
  part(server, define, "AddRecordInventoryItem", "items", "record_item")
  setters(server, define, "SetRecordEffect", EFFECT, "record_effect")
  setters(server, define, "SetRecordBodyPart", { IdForMale = "malePart", IdForFemale = "femalePart" }, "record_part")
  define("SetRecordBodyPartType", function(kind)
    if server.writing.records.kind == BODY_PART then
      server.writing.record.part = kind
    else
      server.writing.record_part.partType = kind
    end
  end)
  setters(server, define, "SetRecordInventoryItem", { Id = "id", Count = "count" }, "record_item")
end

local function clear(server)
  server.writing.records, server.writing.record = { entries = {} }, {}
end

return function(server, define, define_player)
  clear(server)
  define("ClearRecords", function() clear(server) end)
  define("SetRecordType", function(kind) server.writing.records.kind = kind end)
  setters(server, define, "SetRecord", TEXTS, "record")
  setters(server, define, "SetRecord", NUMBERS, "record")
  damage(server, define)
  parts(server, define)
  define("AddRecord", function()
    table.insert(server.writing.records.entries, server.writing.record)
    server.writing.record = {}
  end)
  define_player("SendRecordDynamic", function(player, to_others, skip)
    local list = server.writing.records
    server:send(player.pid, { type = "RecordDynamic", kind = list.kind, entries = list.entries }, to_others, skip)
  end)
end
