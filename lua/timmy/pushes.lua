--- Perceptions that nobody asks for one by one: what is due, as far as the poll's budget and each reader allow.
local clock = require("timmy.clock")
local delta = require("timmy.delta")
local json = require("timmy.json")

local M = {}

--- Reads what the entry's client wants of its player: fragments and revisions by section.
local function look(service, subscription, entry, now)
  local fragments, revisions = {}, {}
  for _, section in ipairs(subscription.sections) do
    local reading = service.readings:pushed(entry.player, section, subscription.view, entry.due, now)
    if reading then fragments[section], revisions[section] = reading.fragment, reading.revision end
  end
  return fragments, revisions
end

local function message_of(entry, names, fragments, revisions, now)
  local sections, numbers = json.object({}), json.object({})
  for _, name in ipairs(names) do
    sections[name], numbers[name] = fragments[name], revisions[name]
  end
  return {
    type = "perception",
    player = entry.player.name,
    pid = entry.player.pid,
    now = clock.to_ms(now),
    full = entry.full,
    revisions = numbers,
    sections = sections,
  }
end

--- Pushes an entry: everything the first time, later what changed, nothing when nothing did.
local function push(service, session, entry, now)
  local fragments, revisions = look(service, session.subscription, entry, now)
  local names = delta.changed(session.subscription.sections, revisions, entry.sent)
  session.subscription:reschedule(entry, now)
  if #names == 0 then return end
  local pushed, why = session:push(message_of(entry, names, fragments, revisions, now))
  if not pushed then return service.log("error", "a perception has no JSON: " .. why) end
  entry.full = false
  for _, name in ipairs(names) do entry.sent[name] = revisions[name] end
end

--- Whether the client reads what it is sent. One that doesn't gets its next perception when it does: of that moment,
-- with everything that changed since.
local function keeps_up(service, session)
  return session.peer:is_ready() and session.peer:backlog() <= service.limits.backlog_bytes
end

--- Follows who is online and pushes one session's due entries, each once; false when the budget ran out.
local function serve(service, session, now, within_budget)
  local subscription = session.subscription
  local followed = subscription:follow(service.roster, now)
  for _ = 1, #subscription.entries do
    local entry = keeps_up(service, session) and subscription:next_due(now)
    if not entry then break end
    push(service, session, entry, now)
    if not within_budget() then return false end
  end
  return not followed or within_budget()
end

--- Pushes what is due, beginning after the session that was served last.
function M.run(service, now, within_budget)
  local sessions = service.order
  local first = service.push_turn or 0
  for step = 1, #sessions do
    local position = (first + step - 1) % #sessions + 1
    local session = sessions[position]
    service.push_turn = position
    if session.subscription and not serve(service, session, now, within_budget) then return end
  end
end

return M
