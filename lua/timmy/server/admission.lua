--- Who gets a place. Connections in the handshake have places of their own, so that strangers who say nothing take none
-- from clients; and each newcomer can have the place of the oldest of them, so that they don't keep new clients out.
--
-- Peers come in the order in which they were accepted. Those that are ready never make room for anybody, nor do those
-- that guessed a token wrong: each has its place for the whole refusal delay, and that is what bounds the guesses.
local M = {}

--- A connection keeps its place this long at least. A handshake takes a client on this machine 5 ms, and 20 ms in a
-- herd of a hundred: lower, and they push out one another; higher, and fewer strangers make a client wait.
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

--- Whether one more connection can be taken. Otherwise it waits in the kernel's backlog: for the grace, or until
-- a place is free again of those that guessed.
function M.takes_newcomers(peers, limits, now)
  if not handshakes_are_full(peers, limits) then return true end
  local _, oldest = oldest_in_handshake(peers)
  return oldest ~= nil and now - oldest.accepted_at >= M.GRACE_S
end

--- The position of the peer that makes room for a newcomer, when one has to.
function M.who_makes_room(peers, limits)
  if handshakes_are_full(peers, limits) then return (oldest_in_handshake(peers)) end
end

--- Why a newcomer gets no place, nil when it does; `entering`: a peer whose handshake is done, so it counts already.
function M.refusal(peers, limits, entering)
  local others = count_ready(peers) - (entering and 1 or 0)
  if others >= limits.max_peers then return limits.max_peers .. " are connected (limits.max_peers)" end
end

return M
