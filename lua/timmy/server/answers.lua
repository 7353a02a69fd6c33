--- Answers to clients' messages: one function for each type of message.
--
-- Each takes the service (see timmy.server.service), the client, the message, the time in seconds and the asker ({
-- peer, delimited }). It returns the answer: a table, or the text of a remembered answer, or nil if the answer comes
-- later.
local clock = require("timmy.server.clock")
local deferred = require("timmy.server.deferred")
local digests = require("timmy.server.digest")
local json = require("timmy.wire.json")
local protocol = require("timmy.wire.protocol")
local readings = require("timmy.server.readings")
local subscriptions = require("timmy.server.subscription")

local M = {}

local function bad(code, message, field)
  return { code = code, message = message, field = field }
end

function M.hello(service, client, message, now)
  if message.protocol < 1 or message.protocol > protocol.VERSION then
    local err = bad("unsupported_version", "this bridge speaks protocols 1 to " .. protocol.VERSION, "protocol")
    return protocol.error(err, message.id)
  end
  local err = service:introduce(client, message.client, now)
  if err then return protocol.error(err, message.id) end
  if client.protocol ~= message.protocol then client.subscription = nil end
  client.protocol = message.protocol
  return {
    type = "welcome",
    id = message.id,
    protocol = message.protocol,
    boot = service.boot,
    now = clock.to_ms(now),
    remember_s = service.limits.remember_s,
    server = service:facts(client),
  }
end

--- Replaces the client's subscription. The next push of each player has all sections.
function M.subscribe(service, client, message)
  if client.peer:only_answers() then
    local err = bad("not_permitted", "a REQ socket gets answers only: subscribe from a DEALER", "type")
    return protocol.error(err, message.id)
  end
  local subscription = subscriptions.new(message, client.protocol, service.sections.by_view)
  client.subscription = subscription
  return {
    type = "subscribed",
    id = message.id,
    players = message.players,
    sections = json.array(subscription.sections),
    rate_hz = message.rate_hz,
    radius = message.radius,
    most = message.most,
    events = message.events,
    event_cells = message.event_cells,
    event_radius = message.event_radius,
  }
end

--- Reads each requested section once, even if it is named twice; nil and the section that could not be read.
local function snapshot(service, player, message, now)
  local sections, revisions = {}, {}
  local view = readings.view(message.radius, message.most)
  for _, section in ipairs(message.sections or service.sections.names) do
    if not sections[section] then
      local reading = service.readings:now(player, section, view, now)
      if not reading then return nil, section end
      sections[section], revisions[section] = json.fragment(reading:text()), reading.revision
    end
  end
  return sections, revisions
end

--- The snapshot of a player as it is now, or an error.
function M.snapshot(service, message, now)
  local pid, err = service.players.find(message.player)
  if not pid then return protocol.error(err, message.id) end
  local sections, revisions = snapshot(service, { pid = pid, name = message.player }, message, now)
  if not sections then
    return protocol.error(bad("internal", "section " .. revisions .. " could not be read", "sections"), message.id)
  end
  return {
    type = "perception",
    id = message.id,
    player = message.player,
    pid = pid,
    now = clock.to_ms(now),
    game_ms = clock.to_ms(service:game_time(now)),
    revision = service:revision_of(pid, now),
    full = true,
    revisions = json.object(revisions),
    sections = json.object(sections),
  }
end

--- The same, but during a trip of the player it waits for the arrival.
function M.observe(service, _, message, now, asker)
  if service:is_under_way(message.player, now) and service.observers:add(asker, message, now) then return nil end
  return M.snapshot(service, message, now)
end

--- A result, with the command's revision and the game time if the command was done.
local function result_of(service, player, result, revision, now)
  if result.error then return result end
  result.revision, result.game_ms = revision, clock.to_ms(service:game_time(now))
  if player then service:note_done(player, revision) end
  return result
end

--- Runs the command; an error in it becomes an answer too. Returns the answer, or a deferred one.
local function execute(service, client, message, revision, now)
  local context = { revision = revision, raw = service.allow_raw and client.peer:may("raw"),
    chat_command = client.peer:may("chat_command"), operate = client.peer:may("operate") }
  local ok, value, err = xpcall(service.commands.run, debug.traceback, message.name, message.arguments, context)
  if ok and deferred.is(value) then return value end
  local player = message.arguments.player
  if ok then return result_of(service, player, protocol.result(message.id, value, err), revision, now) end
  service.log("error", "command " .. message.name .. ": " .. tostring(value))
  return protocol.result(message.id, nil, bad("internal", "the command failed: see the server's log"))
end

--- An answer as text. If the answer can't be encoded, the command has been done nevertheless, and the answer says
-- `internal`.
local function write_answer(service, answer)
  local text, why = json.encode(answer)
  if text then return text end
  service.log("error", "an answer can't be encoded as JSON: " .. why)
  return json.encode(protocol.result(answer.id, nil, bad("internal", "the answer could not be written")))
end

--- Error codes of commands that were not begun: these answers are not remembered. A repeat may run, and wrong messages
-- of a client use no memory.
local NOTHING_DONE = {
  bad_arguments = true, needs_client_input = true, no_such_player = true, not_permitted = true, unknown_command = true,
}

--- Encodes a command's answer and remembers it, with the command's digest.
local function remember(service, entry, answer, now)
  local text = write_answer(service, answer)
  service.memory:remember(entry.caller, answer.id, entry.digest .. text, now)
  return text
end

--- Why a command can't begin now; nil if it can.
local function obstacle(service, caller, message, now)
  if message.deadline < clock.to_ms(now) then return bad("expired", "the deadline had passed", "deadline") end
  if service.memory:has_room(caller, now) then return nil end
  return bad("overloaded", "the memory of results is full: try again later")
end

--- The times of a traced command so far, in ms of the server's clock; nil if it is not traced.
local function times_since(service, message, received)
  if not message.traceparent then return nil end
  return { received = clock.to_exact_ms(received), started = clock.to_exact_ms(service.clock_now()) }
end

local function ended(service, outcome, times)
  if times then times.ended, outcome.times = clock.to_exact_ms(service.clock_now()), times end
  return outcome
end

local function begin(service, client, message, now, entry, asker)
  local err = obstacle(service, entry.caller, message, now)
  if err then return protocol.result(message.id, nil, err) end
  local times = times_since(service, message, now)
  local outcome = execute(service, client, message, service:next_revision(), now)
  service:touch(message.arguments.player, now)
  if deferred.is(outcome) then
    return service.waiting:add(entry.caller, message, outcome, asker, entry.digest, times)
  end
  ended(service, outcome, times)
  if outcome.error and NOTHING_DONE[outcome.error.code] then return outcome end
  return remember(service, entry, outcome, now)
end

local function another(id)
  return protocol.result(id, nil, bad("bad_arguments", "this id belongs to another command: use a new one", "id"))
end

--- A command runs once for each caller and id. A repeat gets the remembered answer, or waits for the command that is
-- still running. A different command under the same id is refused.
function M.command(service, client, message, now, asker)
  local caller, digest = client.caller, digests.of(message.name, message.arguments)
  local before = service.memory:recall(caller, message.id, now)
  local known_digest = before and before:sub(1, digests.SIZE) or service.waiting:digest(caller, message.id)
  if known_digest and known_digest ~= digest then return another(message.id) end
  if before then return before:sub(digests.SIZE + 1) end
  local runs, joined = service.waiting:join(caller, message.id, asker)
  if not runs then return begin(service, client, message, now, { caller = caller, digest = digest }, asker) end
  if joined then return nil end
  return protocol.result(message.id, nil, bad("overloaded", "repeated too often while it runs: wait for the result"))
end

--- The result of a deferred command, for everybody who waits for it.
function M.late(service, entry, now)
  local result = ended(service, protocol.result(entry.id, entry.outcome.value, entry.outcome.error), entry.times)
  return remember(service, entry, result_of(service, entry.player, result, service:next_revision(), now), now)
end

function M.ping(service, client, message, now)
  local load = client:take_load()
  local summary = load:summary(service:peer_count(), service.limits.poll_budget_ms)
  local report = service.costs:report(client, service.order, now)
  summary.sections, summary.subscribers = report.sections, report.subscribers
  return { type = "pong", id = message.id, now = clock.to_ms(now), load = summary }
end

return M
