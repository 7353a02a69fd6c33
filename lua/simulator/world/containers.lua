--- What the data files' containers and actors hold. A client reports the contents of a cell's containers on request.
local population = require("simulator.world.population")
local people = require("simulator.scene.people")
local reports = require("simulator.world.reports")

local M = {}
M.__index = M

local REPLY = 4 -- enumerations.containerSub.REPLY_TO_REQUEST
local GENERAL = 0 -- enumerations.container.SET

function M.new(world)
  return setmetatable({ world = world, gold = {} }, M)
end

local function index_of(entry)
  return entry.refNum .. "-" .. entry.mpNum
end

--- An actor's belongings in the form of a container's entry.
local function belongings(actor)
  local items = {}
  for position, item in ipairs(actor.definition.items) do
    items[position] = reports.stack(item.id, item.count)
  end
  return { refNum = actor.refNum, mpNum = actor.mpNum, refId = actor.refId, cell = actor.cell, items = items }
end

--- All containers, and the actors that carry something.
local function holders(self)
  local result = {}
  for _, container in ipairs(population.CONTAINERS) do
    table.insert(result, container)
  end
  for _, actor in ipairs(self.world.actors.all) do
    if actor.definition.items then
      table.insert(result, belongings(actor))
    end
  end
  return result
end

--- What something holds at the start: { item = count }.
function M:original(index)
  local contents = {}
  for _, holder in ipairs(holders(self)) do
    for _, item in ipairs(index_of(holder) == index and holder.items or {}) do
      contents[item.refId] = item.count
    end
  end
  return contents
end

--- The gold of a merchant, by its unique index.
function M:gold_of(index)
  local refNum, mpNum = index:match("^(%d+)-(%d+)$")
  local actor = self.world.actors:find(tonumber(refNum), tonumber(mpNum))
  return self.gold[index] or actor and people.of(actor.refId).gold or 0
end

--- A merchant gets gold, or pays it (a negative amount). Returns what it has then.
function M:pay(index, amount)
  self.gold[index] = self:gold_of(index) + amount
  return self.gold[index]
end

local function set_of(entries)
  local set = {}
  for _, entry in ipairs(entries or {}) do
    set[index_of(entry)] = true
  end
  return set
end

--- Reports the contents of a cell's containers: of all, or of those that were asked for.
function M:report(client, cell, asked)
  if not client.loaded[cell] then
    return
  end
  local wanted, entries = set_of(asked), {}
  for _, holder in ipairs(holders(self)) do
    if holder.cell == cell and (next(wanted) == nil or wanted[index_of(holder)]) then
      table.insert(entries, holder)
    end
  end
  reports.objects(client, "OnContainer", cell, entries, { action = GENERAL, sub_action = REPLY })
end

return M
