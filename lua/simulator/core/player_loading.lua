--- From Players[pid].data to the server's copy and the client: the Load* methods.
local table_helper = require("simulator.core.table_helper")

local M = {}

function M:LoadCharacter()
  local character = self.data.character
  tes3mp.SetRace(self.pid, character.race)
  tes3mp.SetHead(self.pid, character.head)
  tes3mp.SetHair(self.pid, character.hair)
  tes3mp.SetIsMale(self.pid, character.gender)
  if character.modelOverride ~= nil then
    tes3mp.SetModel(self.pid, character.modelOverride)
  end
  tes3mp.SetBirthsign(self.pid, character.birthsign)
  tes3mp.SendBaseInfo(self.pid)
end

local function each_named(list, act)
  local slot = 0
  for name in list:gmatch("%s*([^,]*),?") do
    if name ~= "" then
      act(slot, name)
      slot = slot + 1
    end
  end
end

local function load_custom_class(pid, custom)
  tes3mp.SetClassName(pid, custom.name)
  tes3mp.SetClassSpecialization(pid, custom.specialization)
  if custom.description ~= nil then
    tes3mp.SetClassDesc(pid, custom.description)
  end
  each_named(custom.majorAttributes, function(slot, name)
    tes3mp.SetClassMajorAttribute(pid, slot, tes3mp.GetAttributeId(name))
  end)
  each_named(custom.majorSkills, function(slot, name)
    tes3mp.SetClassMajorSkill(pid, slot, tes3mp.GetSkillId(name))
  end)
  each_named(custom.minorSkills, function(slot, name)
    tes3mp.SetClassMinorSkill(pid, slot, tes3mp.GetSkillId(name))
  end)
end

function M:LoadClass()
  local class, custom = self.data.character.class, self.data.customClass
  if class ~= "custom" then
    tes3mp.SetDefaultClass(self.pid, class)
  else
    load_custom_class(self.pid, custom)
  end
  tes3mp.SendClass(self.pid)
end

function M:LoadStatsDynamic()
  local stats = self.data.stats
  tes3mp.SetHealthBase(self.pid, stats.healthBase)
  tes3mp.SetMagickaBase(self.pid, stats.magickaBase)
  tes3mp.SetFatigueBase(self.pid, stats.fatigueBase)
  tes3mp.SetHealthCurrent(self.pid, stats.healthCurrent)
  tes3mp.SetMagickaCurrent(self.pid, stats.magickaCurrent)
  tes3mp.SetFatigueCurrent(self.pid, stats.fatigueCurrent)
  tes3mp.SendStatsDynamic(self.pid)
end

function M:LoadAttributes()
  for name, attribute in pairs(self.data.attributes) do
    local id = tes3mp.GetAttributeId(name)
    tes3mp.SetAttributeBase(self.pid, id, attribute.base)
    tes3mp.SetAttributeDamage(self.pid, id, attribute.damage)
    tes3mp.SetSkillIncrease(self.pid, id, attribute.skillIncrease)
  end
  tes3mp.SendAttributes(self.pid)
end

function M:LoadSkills()
  for name, skill in pairs(self.data.skills) do
    local id = tes3mp.GetSkillId(name)
    tes3mp.SetSkillBase(self.pid, id, skill.base)
    tes3mp.SetSkillDamage(self.pid, id, skill.damage)
    tes3mp.SetSkillProgress(self.pid, id, skill.progress)
  end
  tes3mp.SendSkills(self.pid)
end

function M:LoadLevel()
  tes3mp.SetLevel(self.pid, self.data.stats.level)
  tes3mp.SetLevelProgress(self.pid, self.data.stats.levelProgress)
  tes3mp.SendLevel(self.pid)
end

local function add_item_change(pid, item)
  item.charge = math.max(item.charge or -1, -1)
  item.enchantmentCharge = math.max(item.enchantmentCharge or -1, -1)
  item.soul = item.soul or ""
  tes3mp.AddItemChange(pid, item.refId, item.count, item.charge, item.enchantmentCharge, item.soul)
end

--- Sends inventory changes; `data.inventory` is the caller's to change.
function M:LoadItemChanges(itemArray, inventoryAction)
  tes3mp.ClearInventoryChanges(self.pid)
  tes3mp.SetInventoryChangesAction(self.pid, inventoryAction)
  for _, item in pairs(itemArray) do
    if item.count > 0 then
      add_item_change(self.pid, item)
    end
  end
  tes3mp.SendInventoryChanges(self.pid)
end

function M:LoadInventory()
  self:LoadItemChanges(self.data.inventory, enumerations.inventory.SET)
end

function M:LoadEquipment()
  for slot = 0, tes3mp.GetEquipmentSize() - 1 do
    local item = self.data.equipment[slot]
    if item ~= nil then
      tes3mp.EquipItem(self.pid, slot, item.refId, item.count, item.charge, item.enchantmentCharge or -1)
    else
      tes3mp.UnequipItem(self.pid, slot)
    end
  end
  self.previousEquipment = table_helper.deepCopy(self.data.equipment)
  tes3mp.SendEquipment(self.pid)
end

function M:LoadSpellbook()
  tes3mp.ClearSpellbookChanges(self.pid)
  tes3mp.SetSpellbookChangesAction(self.pid, enumerations.spellbook.SET)
  for _, spell in pairs(self.data.spellbook) do
    tes3mp.AddSpell(self.pid, spell)
  end
  tes3mp.SendSpellbookChanges(self.pid)
end

function M:LoadBounty()
  tes3mp.SetBounty(self.pid, self.data.fame.bounty)
  tes3mp.SendBounty(self.pid)
end

function M:LoadReputation()
  tes3mp.SetReputation(self.pid, self.data.fame.reputation)
  tes3mp.SendReputation(self.pid)
end

local SHAPE = { scale = 1, isWerewolf = false, creatureRefId = "", displayCreatureName = false }

function M:LoadShapeshift()
  local shape = self.data.shapeshift
  for field, default in pairs(SHAPE) do
    if shape[field] == nil then shape[field] = default end
  end
  tes3mp.SetScale(self.pid, shape.scale)
  tes3mp.SetWerewolfState(self.pid, shape.isWerewolf)
  tes3mp.SetCreatureRefId(self.pid, shape.creatureRefId)
  tes3mp.SetCreatureNameDisplayState(self.pid, shape.displayCreatureName)
  tes3mp.SendShapeshift(self.pid)
end

--- Only online allies count.
function M:LoadAllies()
  tes3mp.ClearAlliedPlayersForPlayer(self.pid)
  for _, name in ipairs(self.data.alliedPlayers) do
    if logicHandler.IsPlayerNameLoggedIn(name) then
      tes3mp.AddAlliedPlayerForPlayer(self.pid, logicHandler.GetPlayerByName(name).pid)
    end
  end
  tes3mp.SendAlliedPlayers(self.pid, true)
end

function M:LoadQuickKeys()
  tes3mp.ClearQuickKeyChanges(self.pid)
  for slot, key in pairs(self.data.quickKeys) do
    tes3mp.AddQuickKey(self.pid, slot, key.keyType, key.itemId)
  end
  tes3mp.SendQuickKeyChanges(self.pid)
end

function M:LoadMarkLocation()
  local mark = self.data.miscellaneous.markLocation
  tes3mp.SetMarkCell(self.pid, mark.cell)
  tes3mp.SetMarkPos(self.pid, mark.posX, mark.posY, mark.posZ)
  tes3mp.SetMarkRot(self.pid, mark.rotX, mark.rotZ)
  tes3mp.SendMarkLocation(self.pid)
end

function M:LoadSelectedSpell()
  tes3mp.SetSelectedSpellId(self.pid, self.data.miscellaneous.selectedSpell)
  tes3mp.SendSelectedSpell(self.pid)
end

--- Sends the player to the location of its last cell change.
function M:LoadCell()
  local place = self.data.location
  tes3mp.SetCell(self.pid, place.cell)
  tes3mp.SetPos(self.pid, place.posX, place.posY, place.posZ)
  tes3mp.SetRot(self.pid, place.rotX, place.rotZ)
  tes3mp.SendCell(self.pid)
  tes3mp.SendPos(self.pid)
end

return M
