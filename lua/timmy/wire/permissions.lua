--- The scopes of tokens: receive perceptions and events, give commands, let players run the server's own chat commands,
-- and use the raw API (for which the operator must also set `allow_raw`).
local M = {}

M.NAMES = { "observe", "act", "chat_command", "raw" }
M.EVERYTHING = { observe = true, act = true, chat_command = true, raw = true }

--- The scope that a type of message needs; other messages need none after the handshake.
local NEEDED = { subscribe = "observe", observe = "observe", command = "act" }

--- Why a peer may not send a message of this type, nil when it may.
function M.refusal(peer, kind)
  local scope = NEEDED[kind]
  if not scope or peer:may(scope) then return nil end
  local message = "this client's token lacks the scope %q: the operator can add it in the server's token file"
  return { code = "not_permitted", message = message:format(scope), field = "type" }
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
