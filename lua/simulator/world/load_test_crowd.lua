--- A crowd for load tests: many players, each far from the others and with actors around it.
local drive = require("simulator.core.drive")
local map = require("simulator.world.map")
local population = require("simulator.world.population")

local M = {}

--- The grid of players, wide enough that no two share a cell.
local COLUMNS, APART, FIRST = 25, 4, -50 -- cells
local GROUND, REACH = 220, 1400 -- game units
local FIRST_REF_NUM, HEALTH, STROLL = 900000, 60, 90

local RECORDS = { "hlaalu guard", "fargoth", "mudcrab", "eldafire", "imperial guard" }
local WORN = { [8] = "common_shirt_01", [9] = "common_pants_01", [7] = "common_shoes_01", [16] = "iron dagger" }

--- The names of the players of a crowd.
function M.names(count)
  local names = {}
  for number = 1, count do names[number] = "Walker " .. number end
  return names
end

--- The middle of a player's cell.
local function middle(number)
  local column, row = (number - 1) % COLUMNS, math.floor((number - 1) / COLUMNS)
  return (FIRST + column * APART + 0.5) * map.CELL_SIZE, (FIRST + row * APART + 0.5) * map.CELL_SIZE
end

local function settle(name, x, y)
  local data = population.character(name)
  data.location.cell, data.location.posX, data.location.posY, data.location.posZ = map.cell_at(x, y), x, y, GROUND
  drive.save("player/" .. name .. ".json", data)
end

local function clothes()
  local equipment = {}
  for slot, refId in pairs(WORN) do
    equipment[slot] = { refId = refId, count = 1, charge = -1, enchantmentCharge = -1 }
  end
  return equipment
end

local function companion(world, refNum, x, y)
  local random, way = world.random, {}
  for point = 1, 3 do
    way[point] = { x + random:between(-REACH, REACH), y + random:between(-REACH, REACH), GROUND }
  end
  local actor = world.actors.make({ refNum = refNum, mpNum = 0, refId = RECORDS[refNum % #RECORDS + 1],
    health = HEALTH, speed = STROLL, way = way })
  actor.equipment = clothes()
  table.insert(world.actors.all, actor)
end

--- Prepares `count` players and `company` actors around each; the players join when they are connected by name.
function M.gather(world, count, company)
  world.server.max_players = math.max(world.server.max_players, count)
  for number, name in ipairs(M.names(count)) do
    local x, y = middle(number)
    settle(name, x, y)
    world.wanders[name] = true
    for index = 1, company do companion(world, FIRST_REF_NUM + number * company + index, x, y) end
  end
end

return M
