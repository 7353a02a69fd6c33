--- Messages of the protocol: clients' messages, checked as declared (timmy.wire.declarations), and the forms of the
-- answers. docs/protocol/golden checks both sides.
local checks = require("timmy.wire.checks")
local declarations = require("timmy.wire.declarations")
local json = require("timmy.wire.json")

local M = {}

M.VERSION = declarations.PROTOCOL
M.EVENTS = declarations.EVENTS

local as_message_id = checks.of(declarations.types.MessageId)

--- The check of each type of message. Fields that are not declared are ignored: a newer client may send more.
local read_fields = {}
for kind, declared in pairs(declarations.messages) do
  local _, check = checks.object(declared.fields)
  read_fields[kind] = check
end

local function bad(message, field)
  return { code = "bad_message", message = message, field = field }
end

local function read(kind, raw_message)
  local message, wrong, place = read_fields[kind](raw_message)
  if wrong then return nil, bad(kind .. ": " .. place .. ": " .. wrong, place:match("^[^.]+")) end
  message.type = kind
  return message
end

local function readable_id(raw_message)
  return (as_message_id(raw_message.id))
end

--- A frame's payload (nil for a message with a wrong number of frames) as a checked message with defaults filled in; or
-- nil, the error, and the id of the wrong message if it could be read.
function M.read(payload)
  if not payload then return nil, bad("send one frame a message, with at most an empty delimiter before it") end
  local raw_message, reason = json.decode(payload)
  if raw_message == nil then return nil, bad("not JSON as the wire wants it: " .. reason) end
  if not json.is_object(raw_message) then return nil, bad("a message is a JSON object") end
  local kind = raw_message.type
  if type(kind) ~= "string" or not read_fields[kind] then
    return nil, bad("type must be hello, subscribe, observe, command or ping", "type"), readable_id(raw_message)
  end
  local message, wrong = read(kind, raw_message)
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
