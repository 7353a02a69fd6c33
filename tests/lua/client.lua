--- A ZMTP client's bytes as the RFC defines them, for tests that also send wrong ones.
local command = require("timmy.wire.zmtp.command")
local frames = require("timmy.wire.zmtp.frames")

local M = {}

function M.greeting(mechanism, major, minor)
  return "\255" .. ("\0"):rep(8) .. "\127" .. string.char(major or 3, minor or 1) .. mechanism
    .. ("\0"):rep(20 - #mechanism) .. ("\0"):rep(32)
end

function M.hello(username, password)
  return command.encode("HELLO", command.short(username) .. command.short(password))
end

local function metadata(socket_type)
  return command.property("Socket-Type", socket_type) .. command.property("Identity", "")
end

function M.initiate(socket_type) return command.encode("INITIATE", metadata(socket_type)) end
function M.ready(socket_type) return command.encode("READY", metadata(socket_type)) end

function M.message(...)
  local parts, frame_texts = { ... }, {}
  for index, part in ipairs(parts) do
    frame_texts[index] = frames.encode(index < #parts and frames.MORE or 0, part)
  end
  return table.concat(frame_texts)
end

function M.ping(ttl_tenths, context)
  local high = math.floor(ttl_tenths / 256)
  return command.encode("PING", string.char(high, ttl_tenths % 256) .. (context or ""))
end

--- Everything up to being ready, for a token under PLAIN.
function M.plain_opening(token, socket_type)
  return M.greeting("PLAIN") .. M.hello("timmy", token) .. M.initiate(socket_type or "DEALER")
end

function M.null_opening(socket_type)
  return M.greeting("NULL") .. M.ready(socket_type or "DEALER")
end

return M
