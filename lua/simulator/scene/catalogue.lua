--- What the clients' data files say of items and spells. The ids are the game's or invented; the numbers are invented.
local M = {}

--- weight, value in gold; for a weapon also its skill (number in `simulator.names`, from 0), damage { least, most } and
--- the seconds of a blow; `shield` for what can block.
M.ITEMS = {
  ["gold_001"] = { weight = 0, value = 1 },
  ["iron dagger"] = { weight = 3, value = 10, skill = 22, damage = { 2, 6 }, blow_s = 0.6 },
  ["iron shortsword"] = { weight = 8, value = 20, skill = 22, damage = { 4, 10 }, blow_s = 0.8 },
  ["iron_shield"] = { weight = 15, value = 25, shield = true },
  ["common_shirt_01"] = { weight = 2, value = 4 },
  ["common_pants_01"] = { weight = 2, value = 4 },
  ["common_shoes_01"] = { weight = 3, value = 3 },
  ["common_robe_01"] = { weight = 4, value = 8 },
  ["p_restore_health_b"] = { weight = 1, value = 15 },
  ["ingred_bread_01"] = { weight = 0.2, value = 1 },
  ["ingred_scuttle_01"] = { weight = 0.1, value = 10 },
  ["torch"] = { weight = 3, value = 2 },
  ["repair_prongs"] = { weight = 2, value = 12 },
  ["potion_local_brew_01"] = { weight = 1, value = 10 },
  ["misc_com_bottle_01"] = { weight = 1, value = 3 },
  ["inn_ledger"] = { weight = 3, value = 0 },
  ["ingred_rat_meat_01"] = { weight = 0.2, value = 1 },
}

local UNKNOWN = { weight = 1, value = 1 }
local HANDS = { skill = 26, damage = { 1, 3 }, blow_s = 0.5 }

--- What is known of an item; one that is not listed weighs 1 and is worth 1.
function M.item(id)
  return M.ITEMS[id:lower()] or UNKNOWN
end

--- What a player strikes with: a weapon of the catalogue, else the bare hands.
function M.weapon(id)
  local item = M.ITEMS[id:lower()]
  return item and item.damage and item or HANDS
end

--- cost in magicka; `restores` health of the caster, or `damages` health of what is struck: { least, most }; `effect`
--- is the number of the magic effect.
M.SPELLS = {
  ["hearth heal"] = { name = "Hearth Heal", cost = 10, restores = { 10, 20 }, effect = 75 },
  ["fireball"] = { name = "Fireball", cost = 5, damages = { 2, 20 }, effect = 14 },
}

return M
