--- Where a player stands: live, since CoreScripts' table holds the place of the last cell change.
local game = require("timmy.game")
local gazetteer = require("timmy.gazetteer")
local numbers = require("timmy.numbers")

return function(pid)
  local cell = game.GetCell(pid)
  return {
    cell = cell,
    exterior = game.IsInExterior(pid),
    region = game.GetRegion(pid):lower(),
    place = gazetteer.place_of(cell),
    x = numbers.finite(game.GetPosX(pid)),
    y = numbers.finite(game.GetPosY(pid)),
    z = numbers.finite(game.GetPosZ(pid)),
    pitch = numbers.degrees(game.GetRotX(pid)),
    yaw = numbers.heading(game.GetRotZ(pid)),
  }
end
