--- Pushes of perceptions to subscribers: what is due, as far as the poll's budget and each reader allow.
local clock = require("timmy.server.clock")
local delta = require("timmy.server.delta")
local json = require("timmy.wire.json")

local M = {}

--- Buffers of the push that is being written, reused to avoid garbage.
local texts, revisions, pieces = {}, {}, {}

--- Reads the sections of an entry's player: texts and revisions by section.
local function look(service, subscription, entry, now)
  for _, section in ipairs(subscription.sections) do
    local reading = service.readings:pushed(entry.player, section, subscription.view, entry.due, now)
    texts[section], revisions[section] = reading and reading.text, reading and reading.revision
  end
end

--- Writes the members of an object into the buffer from index `at` on; returns the next free index.
local function put_members(at, names, values)
  for position, name in ipairs(names) do
    pieces[at], pieces[at + 1], pieces[at + 2] = position > 1 and ',"' or '"', name, '":'
    pieces[at + 3] = values[name]
    at = at + 4
  end
  return at
end

local function opening_of(player)
  return '{"type":"perception","player":' .. json.encode(player.name) .. ',"pid":' .. player.pid .. ',"now":'
end

--- The text of a push. It is concatenated here: the sections are texts already, and encoding tables of them would take
-- longer than the rest of the push.
local function message_of(entry, names, seq, revision, now, game_now)
  entry.opening = entry.opening or opening_of(entry.player)
  pieces[1], pieces[2], pieces[3], pieces[4] = entry.opening, clock.to_ms(now), ',"seq":', seq
  pieces[5], pieces[6] = ',"revision":', revision
  pieces[7], pieces[8] = ',"game_ms":', clock.to_ms(game_now)
  pieces[9] = entry.full and ',"full":true,"revisions":{' or ',"full":false,"revisions":{'
  local at = put_members(10, names, revisions)
  pieces[at] = '},"sections":{'
  at = put_members(at + 1, names, texts)
  pieces[at] = "}}"
  return table.concat(pieces, "", 1, at)
end

--- Whether a perception of this revision is the first that shows some command's effect.
local function tells_of_a_command(service, entry, revision)
  local done = service.done[entry.player.name]
  return done and done <= revision and (entry.revision or 0) < done
end

--- Whether a perception is the first that shows the game time at which a frozen world stands. A step may have changed
-- nothing of this player, but its end must be seen.
local function tells_of_a_standstill(service, entry, game_now)
  return service.stands_still and (entry.game_time or game_now) < game_now
end

--- Pushes an entry: all sections the first time, then the changed ones; nothing if nothing changed, no command was done
-- and the world did not stop.
local function push(service, client, entry, now)
  look(service, client.subscription, entry, now)
  local revision, game_now = service:revision_of(entry.player.pid, now), service:game_time(now)
  local names = delta.changed(client.subscription.sections, revisions, entry.sent)
  client.subscription:reschedule(entry, now)
  if #names == 0 and not tells_of_a_command(service, entry, revision)
    and not tells_of_a_standstill(service, entry, game_now) then return end
  client:push_text(message_of(entry, names, client.seq + 1, revision, now, game_now))
  entry.full, entry.revision, entry.game_time = false, revision, game_now
  for _, name in ipairs(names) do entry.sent[name] = revisions[name] end
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
    push(service, client, entry, now)
    if not within_budget() then return false end
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
