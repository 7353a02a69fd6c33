--- The fields of a record of each type, and the server's setter of each field.
local M = {}

local function split(text)
  local result = {}
  for word in text:gmatch("%S+") do
    table.insert(result, word)
  end
  return result
end

local ITEM = "baseId name model icon weight value script "
local ENCHANTABLE = ITEM .. "enchantmentId enchantmentCharge "
local ACTOR = "baseId name level health magicka fatigue aiFight aiFlee aiAlarm aiServices script items "

M.TYPES = {
  activator = split("baseId name model script"),
  apparatus = split(ITEM .. "subtype quality"),
  armor = split(ENCHANTABLE .. "subtype health armorRating parts"),
  bodypart = split("baseId subtype part model race vampireState flags"),
  book = split(ENCHANTABLE .. "text scrollState skillId"),
  cell = split("baseId"),
  clothing = split(ENCHANTABLE .. "subtype parts"),
  container = split("baseId name model weight flags script items"),
  creature = split(ACTOR .. "model subtype scale bloodType soulValue damageChop damageSlash damageThrust flags"),
  door = split("baseId name model openSound closeSound script"),
  enchantment = split("baseId subtype cost charge flags effects"),
  gamesetting = split("baseId intVar floatVar stringVar"),
  ingredient = split(ITEM .. "effects"),
  light = split(ITEM .. "sound time radius color flags"),
  lockpick = split(ITEM .. "quality uses"),
  miscellaneous = split(ITEM .. "keyState"),
  npc = split(ACTOR .. "inventoryBaseId gender race hair head class autoCalc faction"),
  potion = split(ITEM .. "autoCalc effects"),
  probe = split(ITEM .. "quality uses"),
  ["repair"] = split(ITEM .. "quality uses"),
  script = split("baseId scriptText"),
  sound = split("baseId sound volume minRange maxRange"),
  spell = split("baseId name subtype cost flags effects"),
  static = split("baseId model"),
  weapon = split(ENCHANTABLE .. "subtype health speed reach damageChop damageSlash damageThrust flags"),
}

M.LISTS = {
  effects = { done = "AddRecordEffect", setters = { id = "SetRecordEffectId", attribute = "SetRecordEffectAttribute",
    skill = "SetRecordEffectSkill", rangeType = "SetRecordEffectRangeType", area = "SetRecordEffectArea",
    duration = "SetRecordEffectDuration", magnitudeMin = "SetRecordEffectMagnitudeMin",
    magnitudeMax = "SetRecordEffectMagnitudeMax" } },
  parts = { done = "AddRecordBodyPart", setters = { partType = "SetRecordBodyPartType",
    malePart = "SetRecordBodyPartIdForMale", femalePart = "SetRecordBodyPartIdForFemale" } },
  items = { done = "AddRecordInventoryItem", setters = { id = "SetRecordInventoryItemId",
    count = "SetRecordInventoryItemCount" } },
}

local SPELLED_OTHERWISE = { intVar = "SetRecordIntegerVariable", floatVar = "SetRecordFloatVariable",
  stringVar = "SetRecordStringVariable", part = "SetRecordBodyPartType", aiFight = "SetRecordAIFight",
  aiFlee = "SetRecordAIFlee", aiAlarm = "SetRecordAIAlarm", aiServices = "SetRecordAIServices" }

--- Passes a field of a record to the server.
function M.set(field, value)
  local setter = SPELLED_OTHERWISE[field] or "SetRecord" .. field:sub(1, 1):upper() .. field:sub(2)
  if field:find("^damage") then
    tes3mp[setter](value.min, value.max)
  elseif field == "color" then
    tes3mp[setter](value.red, value.green, value.blue)
  else
    tes3mp[setter](value)
  end
end

return M
