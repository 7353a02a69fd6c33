--- Events of players: they join, leave, move, die and revive. Chat has no hook: see timmy.state.chat_log.
local guard = require("timmy.game.guard")
local json = require("timmy.wire.json")
local players = require("timmy.state.players")
local shapes = require("timmy.events.shapes")

local function nothing() return json.object({}) end

local function cell_change(pid, packet, previous_cell)
  local location = type(packet) == "table" and shapes.table_or_empty(packet.location) or {}
  return { cell = shapes.text_or(location.cell, guard.GetCell(pid)), previous_cell = shapes.text_or(previous_cell, "") }
end

--- The killer of a player: another player, a creature's or NPC's name, or none (a fall, the player itself).
local function killer_of(pid)
  if guard.DoesPlayerHavePlayerKiller(pid) then
    local killer = guard.GetPlayerKillerPid(pid)
    return killer ~= pid and players.name(killer) or nil
  end
  local name = guard.GetPlayerKillerName(pid)
  return name ~= "" and name or nil
end

local function cell_only(_, cell) return { cell = shapes.text_or(cell, "") } end

return {
  { event = "connect", hook = "OnPlayerAuthentified", read = nothing },
  { event = "character_created", hook = "OnPlayerEndCharGen", read = nothing },
  { event = "cell_change", hook = "OnPlayerCellChange", read = cell_change },
  { event = "cell_load", hook = "OnCellLoad", read = cell_only },
  { event = "cell_unload", hook = "OnCellUnload", read = cell_only },
  { event = "death", hook = "OnPlayerDeath",
    read = function(pid) return { killer = killer_of(pid) or json.null } end },
  { event = "resurrect", hook = "OnPlayerResurrect", read = nothing },
}
