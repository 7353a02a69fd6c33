--- Messages of protocol 1: clients' messages, checked field by field, and the forms of the answers.
--
-- `timmy_actors/protocol/message.py` is the schema; docs/protocol/golden checks both sides.
local fields = require("timmy.wire.fields")
local json = require("timmy.wire.json")
local wire_names = require("timmy.wire.wire_names")

local M = {}

M.VERSION = 1
M.SECTIONS = wire_names.SECTIONS
M.EVENTS = wire_names.EVENTS
M.MAX_RATE_HZ, M.MAX_RADIUS, M.MAX_MOST = 20, 32768, 256

local DEFAULT_RATE_HZ, DEFAULT_RADIUS, DEFAULT_MOST = 5, 4096, 64
local LOWEST_INTEGER = -json.MAX_INTEGER

local message_id = fields.text_of(128, "^[^%z\1-\31\127]+$", "characters that can be printed")
local client_name = fields.text_of(64, "^[A-Za-z0-9_.:-]+$", "letters, digits and _ . : -")
local player_name = fields.text_of(256)
local sections = fields.list_of(fields.one_of(M.SECTIONS))
local events = fields.list_of(fields.one_of(M.EVENTS))
local cell_names = fields.list_of(player_name)
local radius = fields.number_above(0, M.MAX_RADIUS)
local most = fields.integer(1, M.MAX_MOST)

--- Each message's fields in the models' order: name, check, and the value of an absent one.
local MESSAGES = {
  hello = {
    { name = "id", check = message_id },
    { name = "protocol", check = fields.integer(LOWEST_INTEGER), default = M.VERSION },
    { name = "client", check = client_name },
  },
  subscribe = {
    { name = "id", check = message_id },
    { name = "players", check = fields.word_or("all", fields.list_of(player_name)), default = "all" },
    { name = "sections", check = sections },
    { name = "rate_hz", check = fields.number_above(0, M.MAX_RATE_HZ), default = DEFAULT_RATE_HZ },
    { name = "radius", check = radius, default = DEFAULT_RADIUS },
    { name = "most", check = most, default = DEFAULT_MOST },
    { name = "events", check = events, default = json.array({}) },
    { name = "event_cells", check = cell_names, nullable = true },
    { name = "event_radius", check = radius, nullable = true },
  },
  observe = {
    { name = "id", check = message_id },
    { name = "player", check = player_name },
    { name = "sections", check = sections, nullable = true },
    { name = "radius", check = radius, default = DEFAULT_RADIUS },
    { name = "most", check = most, default = DEFAULT_MOST },
  },
  command = {
    { name = "id", check = message_id },
    { name = "name", check = fields.text },
    { name = "arguments", check = fields.object },
    { name = "deadline", check = fields.integer(0) },
  },
  ping = { { name = "id", check = message_id } },
}

local function bad(message, field)
  return { code = "bad_message", message = message, field = field }
end

local function read_field(field, raw_message)
  if raw_message == nil or (raw_message == json.null and field.nullable) then
    if field.default == nil and not field.nullable then return nil, "is missing" end
    return field.default
  end
  local wrong = field.check(raw_message)
  if wrong then return nil, wrong end
  return raw_message
end

local function read_fields(kind, raw_message)
  local message = { type = kind }
  for _, field in ipairs(MESSAGES[kind]) do
    local value, wrong = read_field(field, raw_message[field.name])
    if wrong then return nil, bad(kind .. ": " .. field.name .. " " .. wrong, field.name) end
    message[field.name] = value
  end
  return message
end

local function readable_id(raw_message)
  return not message_id(raw_message.id) and raw_message.id or nil
end

--- A frame's payload (nil for a message with a wrong number of frames) as a checked message with defaults filled in; or
-- nil, the error, and the id of the wrong message if it could be read.
function M.read(payload)
  if not payload then return nil, bad("send one frame a message, with at most an empty delimiter before it") end
  local raw_message, reason = json.decode(payload)
  if raw_message == nil then return nil, bad("not JSON as the wire wants it: " .. reason) end
  if not json.is_object(raw_message) then return nil, bad("a message is a JSON object") end
  local kind = raw_message.type
  if type(kind) ~= "string" or not MESSAGES[kind] then
    return nil, bad("type must be hello, subscribe, observe, command or ping", "type"), readable_id(raw_message)
  end
  local message, wrong = read_fields(kind, raw_message)
  return message, wrong, wrong and readable_id(raw_message)
end

--- An `error` message.
function M.error(err, id)
  return { type = "error", id = id, error = err }
end

--- A `result` message: the value, or the error where there is one.
function M.result(id, value, err)
  if err then return { type = "result", id = id, error = err } end
  return { type = "result", id = id, value = json.object(value or {}) }
end

return M
