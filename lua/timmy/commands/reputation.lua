--- A player's bounty and reputation.
local checks = require("timmy.wire.checks")
local guard = require("timmy.game.guard")
local players = require("timmy.state.players")
local saved = require("timmy.game.saved")

local player = { name = "player", check = checks.name }

local set_bounty = { name = "set_bounty" }

set_bounty.fields = { player, { name = "bounty", check = checks.integer(0, 1000000) } }

--- A bounty packet goes to all clients and concerns one player, so with shared bounties one is sent for each player.
local function send_bounty(pid, bounty, is_shared)
  for _, other in ipairs(players.online()) do
    if is_shared or other.pid == pid then
      guard.SetBounty(other.pid, bounty)
      guard.SendBounty(other.pid)
    end
  end
end

function set_bounty.run(pid, values)
  local holder, is_shared = saved.holder(pid, "shareBounty", false)
  local fame, damaged = saved.table_of(holder, "fame")
  if not fame then return nil, damaged end
  send_bounty(pid, values.bounty, is_shared)
  fame.bounty = values.bounty
  holder:QuicksaveToDrive()
  return { bounty = values.bounty }
end

local set_reputation = { name = "set_reputation" }

set_reputation.fields = { player, { name = "reputation", check = checks.integer(-100000, 100000) } }

function set_reputation.run(pid, values)
  local holder, is_shared = saved.holder(pid, "shareReputation", true)
  local fame, damaged = saved.table_of(holder, "fame")
  if not fame then return nil, damaged end
  guard.SetReputation(pid, values.reputation)
  guard.SendReputation(pid, is_shared, false)
  fame.reputation = values.reputation
  holder:QuicksaveToDrive()
  return { reputation = values.reputation }
end

return { set_bounty, set_reputation }
