local authority = require("timmy.game.authority")
local harness = require("harness")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local TIMMY, JIUB = 0, 1 -- the slots of the stage's players
local EMPTY, EMPTY_X, EMPTY_Y = "10, 10", 10.5 * 8192, 10.5 * 8192 -- far from everybody

--- A new world in which these players are agents' clients, and nobody is near the empty cell.
local function open(agents)
  stage.open()
  authority.install(agents)
end

local function go(pid)
  stage.host.move(pid, EMPTY_X, EMPTY_Y, 0)
  stage.settle()
end

local function leave(pid)
  stage.host.move(pid, -EMPTY_X, -EMPTY_Y, 0)
  stage.settle()
end

local function holder() return LoadedCells[EMPTY].authority end

test("the first client in a cell is its authority", function()
  open({})
  go(TIMMY)
  go(JIUB)
  equal(holder(), TIMMY)
end)

test("an agent's client that is alone holds a cell until a person comes", function()
  open({ "timmy" })
  go(TIMMY)
  equal(holder(), TIMMY)
  go(JIUB)
  equal(holder(), JIUB)
end)

test("an agent's client takes no cell from a person", function()
  open({ "Timmy" })
  go(JIUB)
  go(TIMMY)
  equal(holder(), JIUB)
  LoadedCells[EMPTY]:SetAuthority(TIMMY) -- as CoreScripts do for a better ping
  customEventHooks.triggerHandlers("OnCellLoad", customEventHooks.makeEventStatus(true, true), { TIMMY, EMPTY })
  equal(holder(), JIUB)
end)

test("when a person leaves, another person follows rather than an agent", function()
  for _, go_away in ipairs({ leave, function(pid) stage.host.disconnect(pid) end }) do
    open({ "Tim*" })
    go(JIUB)
    go(TIMMY)
    local nerevar = stage.host.connect("Nerevar")
    stage.settle()
    go(nerevar)
    equal(holder(), JIUB)
    go_away(JIUB)
    equal(holder(), nerevar)
    go_away(nerevar)
    equal(holder(), TIMMY)
  end
end)

test("a request that an agent's client leaves open goes to the person", function()
  open({ "Timmy" })
  go(TIMMY)
  local cell = LoadedCells[EMPTY]
  cell.data.loadState = { hasFullActorList = false, hasFullContainerData = false }
  cell.isRequestingActorList, cell.actorListRequestPid = true, TIMMY
  cell.isRequestingContainerData, cell.containerRequestPid = true, TIMMY
  go(JIUB)
  equal({ cell.isRequestingActorList, cell.isRequestingContainerData }, { false, false })
  equal(cell.data.loadState, { hasFullActorList = true, hasFullContainerData = true })
end)

test("nothing changes while a cell is reset, nor among agents", function()
  open({ "Timmy", "Jiub" })
  go(TIMMY)
  go(JIUB)
  equal(holder(), TIMMY)
  authority.install({ "Timmy" })
  LoadedCells[EMPTY].isResetting = true
  customEventHooks.triggerHandlers("OnCellLoad", customEventHooks.makeEventStatus(true, true), { JIUB, EMPTY })
  equal(holder(), TIMMY)
end)

test("damaged tables of other scripts change nothing", function()
  open({ "Timmy" })
  go(TIMMY)
  local cell, status = LoadedCells[EMPTY], customEventHooks.makeEventStatus(true, true)
  for _, visitors in ipairs({ "none", { "Jiub", 99, {} } }) do
    cell.visitors = visitors
    customEventHooks.triggerHandlers("OnCellLoad", status, { JIUB, EMPTY })
    customEventHooks.triggerHandlers("OnCellUnload", status, { JIUB, "no such cell" })
    equal(cell.authority, TIMMY)
  end
  holds(authority.fault({ 5 }))
  equal(authority.fault({ "Timmy", "Bot *" }), nil)
end)
