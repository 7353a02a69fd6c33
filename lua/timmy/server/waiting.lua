--- Deferred commands, and the clients that wait for their results.
--
-- A repeat of a command that still runs waits for the same result. When its deadline passes, the command has the result
-- `expired`.
local Waiting = {}
Waiting.__index = Waiting

local M = {}

--- The most messages that wait for one command; further repeats are refused.
M.MOST_ASKERS = 64

local EXPIRED = { code = "expired", message = "no answer came before the deadline", field = "deadline" }

function M.new()
  return setmetatable({ entries = {} }, Waiting)
end

local function find(self, caller, id)
  for _, entry in ipairs(self.entries) do
    if entry.caller == caller and entry.id == id then return entry end
  end
end

--- The askers that are still connected.
local function still_there(askers)
  local kept = {}
  for _, asker in ipairs(askers) do
    if asker.peer:is_ready() then kept[#kept + 1] = asker end
  end
  return kept
end

--- Adds a deferred command. caller: see timmy.server.dedupe; digest: see timmy.server.digest; asker: { peer =,
-- delimited = }; times: of a traced command, so far.
function Waiting:add(caller, message, outcome, asker, digest, times)
  local entry = { caller = caller, id = message.id, player = message.arguments.player, deadline = message.deadline,
    outcome = outcome, askers = { asker }, digest = digest, times = times }
  table.insert(self.entries, entry)
end

--- The digest of this caller's running command with that id; nil if there is none.
function Waiting:digest(caller, id)
  local entry = find(self, caller, id)
  return entry and entry.digest
end

--- Makes the asker wait for this caller's running command too; false if too many wait already.
function Waiting:join(caller, id, asker)
  local entry = find(self, caller, id)
  if not entry then return false end
  entry.askers = still_there(entry.askers)
  if #entry.askers >= M.MOST_ASKERS then return true, false end
  table.insert(entry.askers, asker)
  return true, true
end

--- Removes and returns the commands that are settled by now, or past their deadlines.
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
