--- Actors that follow or escort: their package is sent again when another client becomes responsible for them, or when
-- they come to another cell. A client of 0.8.1 that takes over an actor does not go on with its package.
local corescripts = require("timmy.game.corescripts")
local packets = require("timmy.game.actor_packets")
local players = require("timmy.state.players")
local things = require("timmy.state.things")

local M = {}

--- Seconds between two looks: the longest time that a follower stands still.
local INTERVAL_S = 0.5
--- The most actors remembered; beyond it all are forgotten, and the next look begins anew.
local MOST = 1000

--- By unique index: the cell and the slot of the client that had the actor at the last look; `NOBODY`: none had it.
local seen, count, due = {}, 0, 0
local NOBODY = ""
--- The actors of the present look.
local visited = {}

local function is_led(ai)
  local actions = corescripts.table_or_none(corescripts.global("enumerations").ai)
  return type(ai) == "table" and ai.action ~= nil and (ai.action == actions.FOLLOW or ai.action == actions.ESCORT)
end

--- Sends the package once more, if the actor lives and its target is here.
local function send_again(description, unique_index, ai)
  local actor = things.living_actor({ unique_index = unique_index, cell = description })
  local pid = type(ai.targetPlayer) == "string" and players.find(ai.targetPlayer) or nil
  local target = not pid and type(ai.targetUniqueIndex) == "string"
    and things.object({ unique_index = ai.targetUniqueIndex }) or nil
  if not actor or not (pid or target) then return end
  packets.ai(actor, { action = ai.action, x = ai.posX, y = ai.posY, z = ai.posZ, duration = ai.duration,
    target_pid = pid, target = target })
end

local function look_at(cell, description, unique_index)
  local ai = corescripts.table_or_none(cell.data.objectData[unique_index]).ai
  if not is_led(ai) then return end
  visited[unique_index] = true
  local now, before = description .. "|" .. cell.authority, seen[unique_index]
  if before == now then return end
  seen[unique_index] = now
  if before then return send_again(description, unique_index, ai) end
  count = count + 1
end

local function look_into(cell, description)
  if not cell.authority or not players.name(cell.authority) then return end
  for _, unique_index in pairs(corescripts.table_or_none(corescripts.table_or_none(cell.data.packets).ai)) do
    if type(unique_index) == "string" then look_at(cell, description, unique_index) end
  end
end

--- Looks whether a follower has changed hands; to be called in every poll.
function M.look(now)
  if now < due then return end
  due = now + INTERVAL_S
  if count > MOST then seen, count = {}, 0 end
  for description in pairs(corescripts.global("LoadedCells")) do
    local cell = corescripts.loaded_cell(description)
    if cell and type(cell.data.objectData) == "table" then look_into(cell, description) end
  end
  -- Whoever has them next may be another client in the same slot, or the same one with the cell loaded again.
  for unique_index in pairs(seen) do
    if not visited[unique_index] then seen[unique_index] = NOBODY end
  end
  visited = {}
end

--- Starts anew.
function M.install() seen, count, due = {}, 0, 0 end

return M
