--- A player's rank, reputation and expulsion in factions.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local saved = require("timmy.game.saved")

local M = {}

--- Factions of Morrowind.esm with ten ranks. A rank must exist in its faction; in all others only the first certainly
-- does.
local FIRST_RANK = 0
local TEN_RANKS = {
  ["fighters guild"] = true, ["hlaalu"] = true, ["imperial cult"] = true, ["imperial legion"] = true,
  ["mages guild"] = true, ["morag tong"] = true, ["redoran"] = true, ["telvanni"] = true, ["temple"] = true,
  ["thieves guild"] = true,
}

--- The kinds of faction data: the setting that shares it, the saved table, and how it is sent.
local RANK = { share = "shareFactionRanks", is_shared = true, saved = "factionRanks", action = "RANK",
  describe = guard.SetFactionRank }
local REPUTATION = { share = "shareFactionReputation", is_shared = true, saved = "factionReputation",
  action = "REPUTATION", describe = guard.SetFactionReputation }
local EXPULSION = { share = "shareFactionExpulsion", is_shared = false, saved = "factionExpulsion",
  action = "EXPULSION", describe = guard.SetFactionExpulsionState }

local function send(pid, part, id, value, is_shared)
  guard.ClearFactionChanges(pid)
  guard.SetFactionChangesAction(pid, _G.enumerations.faction[part.action])
  guard.SetFactionId(id)
  part.describe(value)
  guard.AddFaction(pid)
  guard.SendFactionChanges(pid, is_shared, false)
end

local function set(pid, part, id, value)
  local holder, is_shared = saved.holder(pid, part.share, part.is_shared)
  local kept, damaged = saved.table_of(holder, part.saved)
  if not kept then return nil, damaged end
  send(pid, part, id, value, is_shared)
  kept[id] = value
  holder:QuicksaveToDrive()
  return true
end

--- Clients know factions by their lower-case ids.
local function id_of(values) return values.faction:lower() end

function M.set_faction_rank(pid, values)
  local id = id_of(values)
  if values.rank > FIRST_RANK and not TEN_RANKS[id] then
    return errors.refuse("bad_arguments", "rank: only rank 0 certainly exists in " .. id, "rank")
  end
  local done, wrong = set(pid, RANK, id, values.rank)
  if not done then return nil, wrong end
  return { faction = id, rank = values.rank }
end

function M.set_faction_reputation(pid, values)
  local done, wrong = set(pid, REPUTATION, id_of(values), values.reputation)
  if not done then return nil, wrong end
  return { faction = id_of(values), reputation = values.reputation }
end

function M.set_faction_expelled(pid, values)
  local done, wrong = set(pid, EXPULSION, id_of(values), values.expelled)
  if not done then return nil, wrong end
  return { faction = id_of(values), expelled = values.expelled }
end

--- Why a player can't leave a faction; nil if it can.
local function bond(pid, ranks, id)
  local rank = ranks[id]
  if rank == nil then return "no_such_target", "the player is not in " .. id, "faction" end
  if rank ~= FIRST_RANK then
    return "game_refused", "a member leaves from rank 0: lower it first with set_faction_rank", "faction"
  end
  if not corescripts.takes_console_commands(corescripts.player(pid)) then
    return "game_refused", "the player has not arrived in a cell yet; try again", "player"
  end
end

--- No packet removes a member, so clients remove the last rank with a console command.
function M.leave_faction(pid, values)
  local holder, is_shared = saved.holder(pid, RANK.share, RANK.is_shared)
  local ranks, damaged = saved.table_of(holder, RANK.saved)
  if not ranks then return nil, damaged end
  local id = id_of(values)
  if not corescripts.is_plain_id(id) then
    return errors.refuse("no_such_target", "no faction has this id", "faction")
  end
  local code, message, field = bond(pid, ranks, id)
  if code then return errors.refuse(code, message, field) end
  _G.logicHandler.RunConsoleCommandOnPlayer(pid, ('pclowerrank "%s"'):format(id), is_shared)
  ranks[id] = nil
  holder:QuicksaveToDrive()
  return { faction = id }
end

return M
