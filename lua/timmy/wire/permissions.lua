--- The scopes of tokens: receive perceptions and events, give commands, let players run the server's own chat commands,
-- use the operators' tools, and use the raw API (for which the operator must also set `allow_raw`). Which scope a
-- message or a command needs is declared (timmy.wire.declarations).
local declarations = require("timmy.wire.declarations")

local M = {}

M.NAMES = declarations.SCOPES
--- Whether there is a scope of this name.
function M.is_scope(name)
  for _, scope in ipairs(M.NAMES) do
    if scope == name then return true end
  end
  return false
end

--- What a token without scopes allows: the operators' tools must be named.
M.EVERYTHING = {}
for _, name in ipairs(M.NAMES) do M.EVERYTHING[name] = name ~= "operate" or nil end

local function lacks(scope)
  return ("this client's token lacks the scope %q: the operator can add it in the server's token file"):format(scope)
end

--- The error of a peer that may not send a message of this type; nil if it may. Messages that need no scope need only
-- the handshake.
function M.error_of_message(peer, kind)
  local scope = declarations.messages[kind].scope
  if not scope or peer:may(scope) then return nil end
  return { code = "not_permitted", message = lacks(scope), field = "type" }
end

--- What a command needs besides `act`, in words for those who lack it.
local LACKED = {
  chat_command = lacks("chat_command"),
  operate = lacks("operate"),
  raw = "raw commands are off here: the operator can set allow_raw (in timmy_config, or for the embedded world under"
    .. " [world] in timmy.toml), and the client's token needs the scope raw",
}

--- The errors by scope; do not change them.
local errors = {}
for scope, message in pairs(LACKED) do
  errors[scope] = { code = "not_permitted", message = message, field = "name" }
end

--- The error of a command that needs a scope that its context lacks (`context[scope]`); nil if it may run. Checked
-- before everything else about the command, so that a server without raw commands always gives the same answer.
function M.error_of_command(scope, context)
  if not scope or context[scope] then return nil end
  return errors[scope]
end

--- Whether a peer has all scopes of another.
function M.covers(peer, other)
  for _, name in ipairs(M.NAMES) do
    if other:may(name) and not peer:may(name) then return false end
  end
  return true
end

--- The scopes in force for a peer, in order; `allow_raw` is the server's setting.
function M.of(peer, allow_raw)
  local names = {}
  for _, scope in ipairs(M.NAMES) do
    if peer:may(scope) and (scope ~= "raw" or allow_raw) then names[#names + 1] = scope end
  end
  return names
end

--- An identifier of a peer's token: its number in the token file (0 without one), and its scopes.
function M.token_name(peer)
  return (peer.token_number or 0) .. " " .. table.concat(M.of(peer, true), " ")
end

return M
