--- A player's bounty and reputation.
local guard = require("timmy.game.guard")
local players = require("timmy.state.players")
local saved = require("timmy.game.saved")

local M = {}

--- A bounty packet goes to all clients and concerns one player, so with shared bounties one is sent for each player.
local function send_bounty(pid, bounty, is_shared)
  for _, other in ipairs(players.online()) do
    if is_shared or other.pid == pid then
      guard.SetBounty(other.pid, bounty)
      guard.SendBounty(other.pid)
    end
  end
end

function M.set_bounty(pid, values)
  local holder, is_shared = saved.holder(pid, "shareBounty", false)
  local fame, damaged = saved.table_of(holder, "fame")
  if not fame then return nil, damaged end
  send_bounty(pid, values.bounty, is_shared)
  fame.bounty = values.bounty
  holder:QuicksaveToDrive()
  return { bounty = values.bounty }
end

function M.set_reputation(pid, values)
  local holder, is_shared = saved.holder(pid, "shareReputation", true)
  local fame, damaged = saved.table_of(holder, "fame")
  if not fame then return nil, damaged end
  guard.SetReputation(pid, values.reputation)
  guard.SendReputation(pid, is_shared, false)
  fame.reputation = values.reputation
  holder:QuicksaveToDrive()
  return { reputation = values.reputation }
end

return M
