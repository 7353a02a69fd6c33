--- Speech of actors. No name tag and no subtitle can be shown, so the words go to the chat of the players near the
-- actor.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local players = require("timmy.state.players")
local records = require("timmy.state.records")

local M = {}

--- An actor's current position as reported by its client, else its initial one; nil if neither is known.
function M.place_of(actor)
  for _, seen in ipairs(guard.actors_in(actor.cell.description)) do
    if seen.unique_index == actor.unique_index then return seen end
  end
  local kept = actor.data.location
  if type(kept) ~= "table" or not numbers.is_finite(kept.posX) then return nil end
  return { x = kept.posX, y = numbers.finite(kept.posY), z = numbers.finite(kept.posZ) }
end

local function hears(pid, place, radius)
  if not place then return true end
  local east, north = guard.GetPosX(pid) - place.x, guard.GetPosY(pid) - place.y
  local up = guard.GetPosZ(pid) - place.z
  return east * east + north * north + up * up <= radius * radius
end

--- The name of a record that was created at run time, else the record's id: the server knows no other names.
function M.name_of(actor)
  return records.name_of(actor.ref_id) or actor.ref_id
end

--- Sends words to all players who have loaded the actor's cell and are within the radius; returns their names.
function M.say(actor, name, text, radius)
  local place, receivers = M.place_of(actor), {}
  for _, pid in pairs(actor.cell.visitors) do
    if corescripts.player(pid) and hears(pid, place, radius) then
      guard.SendMessage(pid, name .. ": " .. text .. "\n", false, false)
      receivers[#receivers + 1] = players.name(pid)
    end
  end
  table.sort(receivers)
  return receivers
end

return M
