--- Pushes of perceptions to subscribers: what is due, as far as the poll's budget and each reader allow.
--
-- A push whose sections could not all be read within a poll's budget is continued in the next poll.
local frame_writer = require("timmy.server.frame_writer")
local perception_writer = require("timmy.server.perception_writer")

local M = {}

--- What writes the pushes of each version of the protocol.
local WRITERS = { perception_writer, frame_writer }

--- Reads one section for an entry's push. In version 2 a `nearby_*` section is a scene.
local function read(service, client, entry, section, now)
  local view, readings = client.subscription.view, service.readings
  if client.protocol > 1 and service.sections.by_view[section] then
    return readings:surroundings(entry.player, section, view, entry.due, now)
  end
  return readings:pushed(entry.player, section, view, entry.due, now)
end

--- Reads the sections of an entry's player, from the one at which the poll before stopped; false if the budget ran out
-- before the last. The push shows the commands that were done before it began. One look at the clock for each section
-- serves the budget and the report of costs.
local function read_sections(service, client, entry, now, within_budget)
  local sections, readings, clock_now = client.subscription.sections, service.readings, service.clock_now
  local touched_at, began = readings:touched_at(entry.player), clock_now()
  if entry.position == 1 then entry.next_revision = service:revision_of(entry.player.pid, now) end
  for position = entry.position, #sections do
    local section = sections[position]
    if not readings:is_fresh(section, entry.readings[section], touched_at, entry.due) then
      entry.position = position
      entry.readings[section] = read(service, client, entry, section, now)
      entry.position = position + 1
      local ended = clock_now()
      service.costs:add(section, ended - began)
      began = ended
      if position < #sections and not within_budget(ended) then return false end
    end
  end
  entry.position = 1
  return true
end

--- The same. A section in which an error is raised is left out.
local function look(service, client, entry, now, within_budget)
  repeat
    local ok, is_done = xpcall(read_sections, debug.traceback, service, client, entry, now, within_budget)
    if ok then return is_done end
    local section = client.subscription.sections[entry.position]
    service.readings:note_failure(entry.player, section, is_done)
    entry.readings[section], entry.position = nil, entry.position + 1
  until false
end

--- Whether a perception of this revision is the first that shows some command's effect.
local function first_shows_a_command(service, entry)
  local done = service.done[entry.player.name]
  return done and done <= entry.next_revision and (entry.revision or 0) < done
end

--- Whether a perception is the first that shows the game time at which a frozen world stands. A step may have changed
-- nothing of this player, but its end must be seen.
local function first_shows_a_standstill(service, entry, game_now)
  return service.stands_still and (entry.game_time or game_now) < game_now
end

--- Pushes an entry: all sections the first time, then what changed; nothing if nothing changed, no command was done and
-- the world did not stop. False if the budget ran out before all was read.
local function push(service, client, entry, now, within_budget)
  local subscription, game_now = client.subscription, service:game_time(now)
  local is_done = look(service, client, entry, now, within_budget)
  subscription.unfinished = not is_done and entry or nil
  if not is_done then return false end
  subscription:reschedule(entry, now)
  local must = first_shows_a_command(service, entry) or first_shows_a_standstill(service, entry, game_now)
  local before = entry.revision
  entry.revision = entry.next_revision
  local text = WRITERS[client.protocol].write(subscription, entry, must, client.seq + 1, now, game_now)
  if not text then
    entry.revision = before
    return true
  end
  client:push_text(text, must or entry.full)
  entry.full, entry.game_time = false, game_now
  return true
end

--- Whether the client reads fast enough. Otherwise its next perception waits until it does, and then has everything
-- that changed meanwhile.
local function keeps_up(service, client)
  return client.peer:is_ready() and client.peer:backlog() <= service.limits.backlog_bytes
end

--- Updates the client's subscription with the online players and pushes its due entries once each; false if the budget
-- ran out.
local function serve(service, client, now, within_budget)
  local subscription = client.subscription
  local followed = subscription:follow(service.roster, now)
  for _ = 1, #subscription.entries do
    local entry = keeps_up(service, client) and subscription:next_due(now)
    if not entry then break end
    if not push(service, client, entry, now, within_budget) or not within_budget() then return false end
  end
  return not followed or within_budget()
end

--- Pushes what is due, starting after the client that was served last.
function M.run(service, now, within_budget)
  local clients = service.order
  local first = service.push_turn or 0
  for step = 1, #clients do
    local position = (first + step - 1) % #clients + 1
    local client = clients[position]
    service.push_turn = position
    if client.subscription and not serve(service, client, now, within_budget) then return end
  end
end

return M
