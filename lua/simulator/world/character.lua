--- A client's handling of packets about its player's character: spells, factions, knowledge, looks.
local SET, REMOVE = 0, 2 -- enumerations.spellbook
local RANK, EXPULSION = 0, 1 -- enumerations.faction

local M = {}

local function find(list, id)
  for position, value in ipairs(list) do
    if value:lower() == id:lower() then return position end
  end
end

function M.Spellbook(self, packet)
  if packet.action == SET then self.spells = {} end
  for _, id in ipairs(packet.spells) do
    local position = find(self.spells, id)
    if packet.action == REMOVE then
      if position then table.remove(self.spells, position) end
    elseif not position then
      table.insert(self.spells, id)
    end
  end
end

--- Only a known spell can be selected.
function M.SelectedSpell(self, packet)
  if find(self.spells, packet.id) then self.selected_spell = packet.id end
end

function M.SpellsActive(self, packet)
  if packet.pid ~= self.pid then return end
  if packet.action == SET then self.active = {} end
  for _, spell in ipairs(packet.spells) do
    self.active[spell.id] = packet.action ~= REMOVE and spell or nil
  end
end

local function set_rank(self, faction)
  self.factions[faction.id] = self.factions[faction.id] or { is_expelled = false, reputation = 0 }
  self.factions[faction.id].rank = faction.rank
end

function M.Faction(self, packet)
  for _, faction in ipairs(packet.factions) do
    if packet.action == RANK then
      set_rank(self, faction)
    else
      local known = self.factions[faction.id] or { is_expelled = false, reputation = 0 }
      self.factions[faction.id] = known
      if packet.action == EXPULSION then known.is_expelled = faction.is_expelled
      else known.reputation = faction.reputation end
    end
  end
end

local function learn(field)
  return function(self, packet)
    for _, id in ipairs(packet.ids) do self[field][id] = true end
  end
end

M.Topic, M.Book = learn("topics"), learn("books")

function M.Settings(self, packet)
  self.settings = packet.settings
end

function M.Kills(self, packet)
  for _, kill in ipairs(packet.kills) do self.kills[kill.refId] = kill.number end
end

function M.Map(self, packet)
  for _, tile in ipairs(packet.tiles) do self.map[("%d, %d"):format(tile.x, tile.y)] = tile.path end
end

function M.QuickKeys(self, packet)
  for _, key in ipairs(packet.keys) do self.quick_keys[key.slot] = key end
end

return M
