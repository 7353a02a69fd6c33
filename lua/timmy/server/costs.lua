--- What pushes cost, from one pong of a client to the next: the time of each section, and each subscriber's pushes.
local json = require("timmy.wire.json")

local Costs = {}
Costs.__index = Costs

local M = {}

local MS_PER_S = 1000

function M.new()
  return setmetatable({ sections = {} }, Costs)
end

--- Notes how long it took to read a section for a push and to encode what changed.
function Costs:add(section, seconds)
  local cost = self.sections[section]
  if not cost then
    cost = { seconds = 0, reads = 0 }
    self.sections[section] = cost
  end
  cost.seconds, cost.reads = cost.seconds + seconds, cost.reads + 1
end

--- The sections' costs since the last call for this client, which keeps the totals in `client.costs`.
local function sections_since(self, client)
  local before, since, totals = client.costs or {}, {}, {}
  for section, cost in pairs(self.sections) do
    local last = before[section] or { seconds = 0, reads = 0 }
    totals[section] = { seconds = cost.seconds, reads = cost.reads }
    if cost.reads > last.reads then
      since[section] = { ms = (cost.seconds - last.seconds) * MS_PER_S, reads = cost.reads - last.reads }
    end
  end
  client.costs = totals
  return json.object(since)
end

--- A client's own pushes since its last report.
local function traffic_since(client, now)
  local subscription = client.subscription
  local late = subscription and subscription:take_lateness() or { pushes = 0, seconds = 0, longest = 0 }
  local report = {
    client = client.name, interval_s = now - (client.reported_at or now), pushes = client.pushed,
    bytes = client.pushed_bytes, late_ms = late.seconds / math.max(late.pushes, 1) * MS_PER_S,
    late_max_ms = late.longest * MS_PER_S,
  }
  client.reported_at, client.pushed, client.pushed_bytes = now, 0, 0
  return report
end

--- What `pong` says: { sections =, subscribers = }. Of each subscriber it has the report that came with its own pong.
function Costs:report(client, clients, now)
  client.report = traffic_since(client, now)
  local subscribers = {}
  for _, other in ipairs(clients) do
    if other.subscription and other.report then subscribers[#subscribers + 1] = other.report end
  end
  return { sections = sections_since(self, client), subscribers = json.array(subscribers) }
end

return M
