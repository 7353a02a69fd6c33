--- Allies: players whose companions and summoned creatures don't attack each other.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local players = require("timmy.state.players")
local saved = require("timmy.game.saved")

local M = {}

local function change(allies, name, is_allied)
  local position = saved.find(allies, name)
  if is_allied and not position then table.insert(allies, name) end
  if not is_allied and position then
    allies[position] = nil
    _G.tableHelper.cleanNils(allies)
  end
end

local function load(player)
  player:LoadAllies()
  player:QuicksaveToDrive()
end

--- The other player's slot; nil and an error if there is none.
local function find_other(pid, name)
  local other, wrong = players.find(name)
  if not other then return errors.refuse(wrong.code, wrong.message, "other") end
  if other == pid then return errors.refuse("bad_arguments", "other: a player can't be its own ally", "other") end
  return other
end

function M.set_ally(pid, values)
  local other, wrong = find_other(pid, values.other)
  if not other then return nil, wrong end
  local one, two = corescripts.player(pid), corescripts.player(other)
  local of_one, damaged = saved.table_of(one, "alliedPlayers")
  if not of_one then return nil, damaged end
  local of_two, also_damaged = saved.table_of(two, "alliedPlayers")
  if not of_two then return nil, also_damaged end
  change(of_one, two.accountName, values.allied)
  change(of_two, one.accountName, values.allied)
  load(one)
  load(two)
  return { other = values.other, allied = values.allied }
end

return M
