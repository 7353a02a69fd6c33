--- What a client's message does: one function a type, from message to answer.
--
-- Each takes the service (see timmy.service), the session, the message and the time in seconds, and gives the answer: a
-- table, or the text of an answer that was given before.
local clock = require("timmy.clock")
local json = require("timmy.json")
local protocol = require("timmy.protocol")
local subscriptions = require("timmy.subscription")

local M = {}

local function bad(code, message, field)
  return { code = code, message = message, field = field }
end

function M.hello(service, session, message, now)
  if message.protocol ~= protocol.VERSION then
    local trouble = bad("unsupported_version", "this bridge speaks protocol " .. protocol.VERSION, "protocol")
    return protocol.error(trouble, message.id)
  end
  service:introduce(session, message.client, now)
  return {
    type = "welcome",
    id = message.id,
    protocol = protocol.VERSION,
    boot = service.boot,
    now = clock.to_ms(now),
    remember_s = service.limits.remember_s,
    server = service:facts(session),
  }
end

--- Puts a subscription in force, in the place of the one before it: everything starts full again.
function M.subscribe(_, session, message)
  if session.peer:only_answers() then
    local trouble = bad("not_permitted", "a REQ socket gets answers only: subscribe from a DEALER", "type")
    return protocol.error(trouble, message.id)
  end
  local subscription = subscriptions.new(message)
  session.subscription = subscription
  return {
    type = "subscribed",
    id = message.id,
    players = message.players,
    sections = json.array(subscription.sections),
    rate_hz = message.rate_hz,
    radius = message.radius,
    events = message.events,
  }
end

--- Reads each section now; nil and the section that could not be read.
local function snapshot(service, player, message, now)
  local sections, revisions = {}, {}
  for _, section in ipairs(message.sections or service.perceive.names) do
    local reading = service.readings:get(player, section, message.radius, now, now)
    if not reading then return nil, section end
    sections[section], revisions[section] = reading.fragment, reading.revision
  end
  return sections, revisions
end

function M.observe(service, _, message, now)
  local pid, trouble = service.players.find(message.player)
  if not pid then return protocol.error(trouble, message.id) end
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
    full = true,
    revisions = json.object(revisions),
    sections = json.object(sections),
  }
end

--- Does the command, whatever becomes of it: an error in it is an answer too.
local function execute(service, session, message)
  local context = { allow_raw = service.allow_raw and session.peer:may("raw") }
  local ok, value, trouble = xpcall(service.commands.run, debug.traceback, message.name, message.arguments, context)
  if ok then return protocol.result(message.id, value, trouble) end
  service.log("error", "command " .. message.name .. ": " .. tostring(value))
  return protocol.result(message.id, nil, bad("internal", "the command failed; the server's log says why"))
end

--- An answer as text; a command whose answer has no JSON is done all the same.
local function write_answer(service, answer)
  local text, why = json.encode(answer)
  if text then return text end
  service.log("error", "an answer has no JSON: " .. why)
  return json.encode(protocol.result(answer.id, nil, bad("internal", "the answer could not be written")))
end

function M.command(service, session, message, now)
  local memory, client = service.memory, session.client
  local before = memory:recall(client, message.id, now)
  if before then return before end
  if message.deadline < clock.to_ms(now) then
    return protocol.result(message.id, nil, bad("expired", "the deadline had passed", "deadline"))
  end
  if not memory:has_room(now) then
    return protocol.result(message.id, nil, bad("overloaded", "too many results to remember: try later"))
  end
  local answer = write_answer(service, execute(service, session, message))
  memory:remember(client, message.id, answer, now)
  return answer
end

function M.ping(service, session, message, now)
  local load = session:take_load()
  return { type = "pong", id = message.id, now = clock.to_ms(now), load = load:summary(service:peer_count()) }
end

return M
