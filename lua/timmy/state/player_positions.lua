--- The positions of all logged-in players: read at most twenty times a second for all clients together.
local cache = require("timmy.game.cache")
local corescripts = require("timmy.game.corescripts")
local geometry = require("timmy.state.geometry")
local player_location = require("timmy.state.player_location")
local players = require("timmy.state.players")

local M = {}

local KEEP_S = 0.05

local places = cache.new(function()
  local result = players.online()
  for _, player in ipairs(result) do
    player.place = geometry.whole_place(player_location.viewpoint(player.pid))
  end
  return result
end)

--- { pid, name, place = { cell, x, y, z in whole units } } for each player; do not change them. `fresh`: read now.
function M.of(now, fresh)
  return places(corescripts.global("Players"), fresh and now or now - KEEP_S, now)
end

return M
