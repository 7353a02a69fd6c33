--- Commands that run until somebody answers, and who waits for their results.
--
-- A command that comes again while the first still runs waits for the same result. Past its deadline it has one in any
-- case.
local Waiting = {}
Waiting.__index = Waiting

local M = {}

--- How many messages may wait for one command: a client that repeats itself more often than that is told so.
M.MOST_ASKERS = 64

local EXPIRED = { code = "expired", message = "nobody answered before the deadline", field = "deadline" }

function M.new()
  return setmetatable({ entries = {} }, Waiting)
end

local function find(self, caller, id)
  for _, entry in ipairs(self.entries) do
    if entry.caller == caller and entry.id == id then return entry end
  end
end

--- Those whose connection is still there: after a reconnection the old one waits for nothing.
local function still_there(askers)
  local kept = {}
  for _, asker in ipairs(askers) do
    if asker.peer:is_ready() then kept[#kept + 1] = asker end
  end
  return kept
end

--- A command whose answer is still to come. caller: see timmy.dedupe; digest: timmy.digest;
-- asker: { peer =, delimited = }.
function Waiting:add(caller, message, outcome, asker, digest)
  local entry = { caller = caller, id = message.id, player = message.arguments.player, deadline = message.deadline,
    outcome = outcome, askers = { asker }, digest = digest }
  table.insert(self.entries, entry)
end

--- The digest of this caller's command that runs under that id; nil when none does.
function Waiting:digest(caller, id)
  local entry = find(self, caller, id)
  return entry and entry.digest
end

--- Whether this caller's command runs already. Then the asker waits for it too; false when too many do.
function Waiting:join(caller, id, asker)
  local entry = find(self, caller, id)
  if not entry then return false end
  entry.askers = still_there(entry.askers)
  if #entry.askers >= M.MOST_ASKERS then return true, false end
  table.insert(entry.askers, asker)
  return true, true
end

--- Takes out those that have their answer by now, the others' deadlines looked at first.
function Waiting:take_settled(now_ms)
  local settled, rest = {}, {}
  for _, entry in ipairs(self.entries) do
    if entry.deadline < now_ms then entry.outcome:settle(nil, EXPIRED) end
    table.insert(entry.outcome.is_settled and settled or rest, entry)
  end
  if #settled > 0 then self.entries = rest end
  return settled
end

return M
