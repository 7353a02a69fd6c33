--- Other players near a player: in the same interior, or anywhere in the exterior within the radius.
local game = require("timmy.game")
local geometry = require("timmy.geometry")
local json = require("timmy.json")
local numbers = require("timmy.numbers")
local players = require("timmy.players")

--- The same bound as for actors.
local MOST_PLAYERS = 64

local function place(pid)
  return {
    cell = game.GetCell(pid),
    x = numbers.finite(game.GetPosX(pid)),
    y = numbers.finite(game.GetPosY(pid)),
    z = numbers.finite(game.GetPosZ(pid)),
  }
end

--- The other player in the wire's words, when it is within the radius.
local function see(other, eye, radius)
  local seen = place(other.pid)
  if not geometry.are_joined(eye.cell, seen.cell) then return nil end
  seen.distance, seen.bearing = geometry.toward(eye, seen)
  if seen.distance > radius then return nil end
  seen.name, seen.pid, seen.order = other.name, other.pid, other.pid
  return seen
end

return function(pid, options)
  local eye, found = place(pid), {}
  for _, other in ipairs(players.online()) do
    if other.pid ~= pid then found[#found + 1] = see(other, eye, options.radius) end
  end
  local near, truncated = geometry.nearest(found, MOST_PLAYERS)
  return { players = json.array(near), truncated = truncated }
end
