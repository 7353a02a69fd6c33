--- What an actor says. No name stands over it and no subtitle can be shown: its words go to the chat of those near it.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local numbers = require("timmy.wire.numbers")
local players = require("timmy.state.players")
local records = require("timmy.state.records")

local M = {}

--- Where an actor is now, as far as its client has said, else where it was put; nil where neither is known.
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

--- The name that a record made at run time gives an actor, else its record's id: the server knows no other names.
function M.name_of(actor)
  return records.name_of(actor.ref_id) or actor.ref_id
end

--- Shows words to everybody who has the actor's cell loaded and is within the radius; the names of who hears them.
function M.say(actor, name, text, radius)
  local place, heard = M.place_of(actor), {}
  for _, pid in pairs(actor.cell.visitors) do
    if corescripts.player(pid) and hears(pid, place, radius) then
      guard.SendMessage(pid, name .. ": " .. text .. "\n", false, false)
      heard[#heard + 1] = players.name(pid)
    end
  end
  table.sort(heard)
  return heard
end

return M
