--- What happens in the game without being asked for, from CoreScripts' hooks.
--
-- A hook that raises ends the server, and its return value would steer other scripts: so every one of ours is protected
-- and returns nothing. `OnGUIAction` is never told: it carries password hashes.
local chronicle = require("timmy.chronicle")
local game = require("timmy.game")
local hearsay = require("timmy.hearsay")
local hooks = require("timmy.hooks")
local json = require("timmy.json")
local players = require("timmy.players")

local M = {}

M.names = { "cell_change", "chat", "connect", "death", "disconnect", "journal" }

--- A client may report any number of journal lines at once; the newest say it all.
local MOST_ENTRIES = 100

local function text_or(value, default) return type(value) == "string" and value or default end

local readers = {}

function readers.cell_change(pid, packet, previous_cell)
  local location = type(packet) == "table" and packet.location or {}
  return { cell = text_or(location.cell, game.GetCell(pid)), previous_cell = text_or(previous_cell, "") }
end

function readers.journal(_, packet)
  local lines, entries = type(packet) == "table" and packet.journal or {}, {}
  for position = math.max(1, #lines - MOST_ENTRIES + 1), #lines do
    local entry = chronicle.entry(lines[position])
    entries[#entries + 1] = entry and { quest = entry.quest, index = entry.index, kind = entry.kind }
  end
  return { entries = json.array(entries) }
end

--- Who killed a player: another player, a creature's or NPC's name, or nobody (a fall, itself).
local function killer_of(pid)
  if game.DoesPlayerHavePlayerKiller(pid) then
    local killer = game.GetPlayerKillerPid(pid)
    return killer ~= pid and players.name(killer) or nil
  end
  local name = game.GetPlayerKillerName(pid)
  return name ~= "" and name or nil
end

function readers.death(pid) return { killer = killer_of(pid) or json.null } end

function readers.chat(_, text) return { text = text_or(text, "") } end

function readers.connect() return json.object({}) end

--- Whether CoreScripts saved the lines: a validator of another script can refuse them.
local function is_saved(status) return type(status) ~= "table" or status.validDefaultHandler ~= false end

--- Event, hook, and when it counts.
local SOURCES = {
  { event = "cell_change", hook = "OnPlayerCellChange" },
  { event = "chat", hook = "OnPlayerSendMessage", counts = hearsay.is_said },
  { event = "connect", hook = "OnPlayerAuthentified" },
  { event = "death", hook = "OnPlayerDeath" },
  { event = "journal", hook = "OnPlayerJournal", counts = is_saved },
}

local function listen(source, emit)
  hooks.hear(source.hook, function(status, pid, ...)
    local name = players.name(pid)
    if not name or (source.counts and not source.counts(status, ...)) then return end
    emit(source.event, pid, name, readers[source.event](pid, ...))
  end)
end

--- In older CoreScripts a player is gone from `Players` before the handlers hear of it, so its name is taken down in a
-- validator, which runs first in all of them.
local function listen_for_leaving(emit)
  local leaving = {}
  _G.customEventHooks.registerValidator("OnPlayerDisconnect", hooks.protected("OnPlayerDisconnect", function(_, pid)
    leaving[pid] = players.name(pid)
  end))
  hooks.hear("OnPlayerDisconnect", function(_, pid)
    local name = leaving[pid]
    leaving[pid] = nil
    if name then emit("disconnect", pid, name, json.object({})) end
  end)
end

--- Hears the game from now on: calls `emit(event, pid, player_name, data)`, `data` as the model of events says.
function M.install(emit)
  for _, source in ipairs(SOURCES) do listen(source, emit) end
  listen_for_leaving(emit)
end

return M
