--- Which connections are accepted. Connections in the handshake have places of their own, so that silent strangers take
-- none from clients. When those are full, the oldest of them is closed for the newcomer, so that strangers don't keep
-- new clients out.
--
-- Peers are listed in the order of their acceptance. A ready peer is never closed for a newcomer, nor is one that sent
-- a wrong token: it keeps its place for the whole refusal delay, which limits the rate of guesses.
local M = {}

--- The shortest time, in seconds, before a connection in the handshake is closed for a newcomer. A handshake on the
-- same machine takes 5 ms, or 20 ms when a hundred clients connect at once. Lower: such clients close each other's
-- connections. Higher: fewer strangers make a client wait.
M.GRACE_S = 0.02

local function count_ready(peers)
  local count = 0
  for _, peer in ipairs(peers) do
    if peer:is_ready() then count = count + 1 end
  end
  return count
end

local function oldest_in_handshake(peers)
  for position, peer in ipairs(peers) do
    if not peer:is_ready() and not peer:is_being_refused() then return position, peer end
  end
end

local function handshakes_are_full(peers, limits)
  return #peers - count_ready(peers) >= limits.max_handshakes
end

--- Whether one more connection can be accepted. Otherwise it waits in the kernel's backlog, until the oldest connection
-- in the handshake may be closed, or until the place of a peer with a wrong token is free.
function M.takes_newcomers(peers, limits, now)
  if not handshakes_are_full(peers, limits) then return true end
  local _, oldest = oldest_in_handshake(peers)
  return oldest ~= nil and now - oldest.accepted_at >= M.GRACE_S
end

--- The position of the peer to close for a newcomer, if one must be closed.
function M.who_makes_room(peers, limits)
  if handshakes_are_full(peers, limits) then return (oldest_in_handshake(peers)) end
end

--- Why a newcomer is not accepted; nil if it is. `entering`: the peer's handshake is done, so it is among `peers`
-- already.
function M.error(peers, limits, entering)
  local others = count_ready(peers) - (entering and 1 or 0)
  if others >= limits.max_peers then return limits.max_peers .. " are connected (limits.max_peers)" end
end

return M
