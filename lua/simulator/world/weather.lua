--- The weather of each region, as its authority's client generates and reports it.
local M = {}
M.__index = M

local CHANGE_MS = { 60000, 180000 } -- between changes
local TRANSITION_MS = 30000 -- how long a change takes
local REPORT_MS = 5000
local LIKELY = { 0, 0, 1, 1, 2, 3, 4, 5 } -- enumerations.weather: clear to thunder
local NONE = -1
local ANSWER_MS = 30

function M.new(world)
  return setmetatable({ world = world, regions = {} }, M)
end

local function new_region(self)
  local current = self.world.random:pick(LIKELY)
  return { current = current, next = NONE, started = 0,
    changes_at = self.world.now + self.world.random:between(CHANGE_MS[1], CHANGE_MS[2]) }
end

local function transition(region, now)
  if region.next == NONE then
    return 0
  end
  return math.max(0, 1 - (now - region.started) / TRANSITION_MS) -- the engine counts down
end

local function report(self, name, region)
  self.world.server.received.worldstate = { entries = {}, region = name, current = region.current,
    next = region.next, queued = NONE, transition = transition(region, self.world.now) }
  region.client:fire("OnWorldWeather")
  region.reported_at = self.world.now
end

--- The server made a client the authority of a region: from now on it reports the weather there.
function M:take_over(client, name)
  local region = self.regions[name] or new_region(self)
  self.regions[name] = region
  region.client = client
  report(self, name, region)
end

--- A forced change applies to the region that this client simulates; other packets only inform it.
function M:obey(client, packet)
  local region = self.regions[packet.region]
  if not packet.force or not region or region.client ~= client then
    return
  end
  region.current, region.next = packet.current, packet.next ~= packet.current and packet.next or NONE
  region.started = self.world.now
  client:after(ANSWER_MS, function()
    if region.client == client then
      report(self, packet.region, region)
    end
  end)
end

--- Removes a client that left; its regions wait for another.
function M:release(client)
  for _, region in pairs(self.regions) do
    if region.client == client then
      region.client = nil
    end
  end
end

local function change(self, region)
  local now = self.world.now
  if region.next ~= NONE and now - region.started >= TRANSITION_MS then
    region.current, region.next = region.next, NONE
    region.changes_at = now + self.world.random:between(CHANGE_MS[1], CHANGE_MS[2])
    return true
  end
  if region.next == NONE and now >= region.changes_at then
    region.next, region.started = self.world.random:pick(LIKELY), now
    return true
  end
  return region.next ~= NONE and now - region.reported_at >= REPORT_MS
end

--- Sorted names: what the generator yields must not depend on a table's order.
local function sorted_names(regions)
  local names = {}
  for name in pairs(regions) do
    table.insert(names, name)
  end
  table.sort(names)
  return names
end

function M:step()
  for _, name in ipairs(sorted_names(self.regions)) do
    local region = self.regions[name]
    if region.client and change(self, region) then
      report(self, name, region)
    end
  end
end

return M
