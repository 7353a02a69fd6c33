--- What operators do: look who is connected, ban, reset kills, save everything, stop the server. These commands need no
-- player in the game: their first argument is nil.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local log = require("timmy.server.log")
local players = require("timmy.state.players")
local saved = require("timmy.game.saved")

local M = {}

local RANKS = { [0] = "player", "moderator", "admin", "owner" }

local function described(pid, name)
  local player = corescripts.player(pid)
  local settings = corescripts.table_or_none(corescripts.data_of(player).settings)
  local ping = guard.GetAvgPing(pid)
  return {
    pid = pid, name = name, logged_in = player ~= nil, ping_ms = ping >= 0 and ping or json.null,
    cell = player and guard.GetCell(pid) or json.null,
    rank = player and (RANKS[settings.staffRank] or "player") or json.null,
  }
end

function M.list_players()
  local list = {}
  for _, player in ipairs(players.connected()) do list[#list + 1] = described(player.pid, player.name) end
  return { players = json.array(list) }
end

--- An address as the server stores it; anything else could be a pattern that bans everybody.
local ADDRESS = "^%d+%.%d+%.%d+%.%d+$"

--- The addresses from which an account has logged in.
local function addresses_of(name)
  local find = corescripts.global("logicHandler").GetPlayerByName
  local ok, player = pcall(find or function() end, name)
  local addresses = {}
  for _, address in pairs(corescripts.table_or_none(corescripts.data_of(ok and player).ipAddresses)) do
    if type(address) == "string" and address:find(ADDRESS) then addresses[#addresses + 1] = address end
  end
  return addresses
end

--- CoreScripts' list of banned accounts: file names of accounts, in lower case.
local function ban_list()
  local list = rawget(_G, "banList")
  local names = type(list) == "table" and list.playerNames
  if type(names) == "table" and type(rawget(_G, "SaveBanList")) == "function" then return names end
  return errors.refuse("game_refused", "the server's scripts keep no list of bans")
end

local function account_of(name)
  local fix = corescripts.global("fileHelper").fixFilename
  return (fix and fix(name) or name):lower()
end

--- Changes the list with `change(names, account)`, and the addresses with `act`.
local function change_ban(values, is_banned, change, act)
  local names, wrong = ban_list()
  if not names then return nil, wrong end
  change(names, account_of(values.player))
  _G.SaveBanList()
  local addresses = values.addresses and addresses_of(values.player) or {}
  for _, address in ipairs(addresses) do act(address) end
  return { player = values.player, banned = is_banned, addresses = #addresses }
end

local function add(names, account)
  if not saved.find(names, account) then table.insert(names, account) end
end

local function remove(names, account)
  local at = saved.find(names, account)
  if at then table.remove(names, at) end
end

--- Disconnects whoever uses an account, however its name is written.
local function disconnect(account, reason)
  for _, player in ipairs(players.connected()) do
    if account_of(player.name) == account then
      if reason then guard.SendMessage(player.pid, reason .. "\n", false, false) end
      guard.Kick(player.pid)
    end
  end
end

function M.ban(_, values)
  local answer, wrong = change_ban(values, true, add, guard.BanAddress)
  if answer then disconnect(account_of(values.player), values.reason) end
  return answer, wrong
end

function M.unban(_, values) return change_ban(values, false, remove, guard.UnbanAddress) end

--- The tables of kills: the world's, or each player's if they are not shared.
local function kill_holders()
  if corescripts.setting("shareKills", true) then return { { holder = _G.WorldInstance } } end
  local holders = {}
  for _, player in ipairs(players.online()) do
    holders[#holders + 1] = { pid = player.pid, holder = corescripts.player(player.pid) }
  end
  return holders
end

local function reset(pid, holder, kills)
  local count = 0
  guard.ClearKillChanges()
  for ref_id in pairs(kills) do
    kills[ref_id], count = 0, count + 1
    guard.AddKill(ref_id, 0)
  end
  for _, player in ipairs(pid and { { pid = pid } } or players.online()) do
    guard.SendWorldKillCount(player.pid, false, false)
  end
  holder:QuicksaveToDrive()
  return count
end

--- All tables are checked before the first is changed.
function M.reset_kills()
  local holders, records = kill_holders(), 0
  for _, each in ipairs(holders) do
    local kills, damaged = saved.table_of(each.holder, "kills")
    if not kills then return nil, damaged end
    each.kills = kills
  end
  for _, each in ipairs(holders) do records = records + reset(each.pid, each.holder, each.kills) end
  return { records = records }
end

--- Runs a method of CoreScripts, if this version has it; whether it succeeded. A failure is logged.
local function run_method(object, name, ...)
  local method = type(object) == "table" and object[name]
  if type(method) ~= "function" then return true end
  local ok, err = pcall(method, object, ...)
  if not ok then log("error", name .. " failed: " .. tostring(err)) end
  return ok
end

local function save_player(pid, player)
  local read = corescripts.global("packetReader").GetPlayerPacketTables
  local ok = true
  for method, packet in pairs({ SaveCell = "PlayerCellChange", SaveStatsDynamic = "PlayerStatsDynamic" }) do
    local has_read, tables = pcall(read or error, pid, packet)
    ok = has_read and run_method(player, method, tables) and ok
  end
  return run_method(player, "SaveToDrive") and ok
end

local function save_cell(cell)
  local ok = run_method(cell, "SaveActorPositions")
  ok = run_method(cell, "SaveActorStatsDynamic") and ok
  return run_method(cell, "SaveToDrive") and ok
end

local function save_everything()
  local counts, failed = { players = 0, cells = 0 }, 0
  local function note(kind, ok)
    if ok then counts[kind] = (counts[kind] or 0) + 1 else failed = failed + 1 end
  end
  for _, player in ipairs(players.online()) do
    note("players", save_player(player.pid, corescripts.player(player.pid)))
  end
  for _, cell in pairs(corescripts.global("LoadedCells")) do note("cells", save_cell(cell)) end
  for _, store in pairs(corescripts.global("RecordStores")) do note("stores", run_method(store, "SaveToDrive")) end
  note("world", run_method(rawget(_G, "WorldInstance"), "SaveToDrive"))
  return { players = counts.players, cells = counts.cells, failed = failed }
end

function M.save_all() return save_everything() end

--- The loop ends after this poll, in which the answer is still written.
function M.stop_server(_, values)
  local online = players.online()
  if values.text and online[1] then guard.SendMessage(online[1].pid, values.text .. "\n", true, false) end
  local answer = save_everything()
  if answer.failed > 0 and not values.force then
    return errors.refuse("game_refused", answer.failed .. " saves failed (see the server's log): 'force' stops it",
      "force")
  end
  guard.StopServer(0)
  return answer
end

return M
