--- Where everybody who is logged in stands: read for all who look around at most twenty times a second.
local corescripts = require("timmy.game.corescripts")
local cache = require("timmy.game.cache")
local players = require("timmy.state.players")
local player_location = require("timmy.state.player_location")

local M = {}

local KEEP_S = 0.05

local places = cache.new(function()
  local found = players.online()
  for _, player in ipairs(found) do player.place = player_location.viewpoint(player.pid) end
  return found
end)

--- { pid, name, place = { cell, x, y, z } } each, to be read only. `fresh`: as of now.
function M.of(now, fresh)
  return places(corescripts.global("Players"), fresh and now or now - KEEP_S, now)
end

return M
