--- A player's location. Setters change the server's copy at once, before the client has answered the Send*.
local server_state = require("simulator.server")

--- The cell's grid numbers, nil for an interior.
local function grid(description)
  local x, y = description:match(server_state.EXTERIOR)
  return tonumber(x), tonumber(y)
end

local function cell(server, define_player)
  define_player("GetCell", function(player) return player.cell end)
  define_player("GetExteriorX", function(player) return (grid(player.cell)) or 0 end)
  define_player("GetExteriorY", function(player) return select(2, grid(player.cell)) or 0 end)
  define_player("IsInExterior", function(player) return grid(player.cell) ~= nil end)
  define_player("GetRegion", function(player) return player.region end)
  define_player("IsChangingRegion", function(player) return player.changes_region end)
  define_player("SetCell", function(player, description)
    player.cell = description
  end)
  define_player("SetExteriorCell", function(player, x, y)
    player.cell = ("%d, %d"):format(x, y)
  end)
  define_player("SendCell", function(player)
    server:send(player.pid, { type = "Cell", cell = player.cell }, false, false)
  end)
end

local function axes(define_player, getter, field, names)
  for _, axis in ipairs(names) do
    define_player(getter .. axis:upper(), function(player) return player[field][axis] end)
  end
end

local function position(server, define_player)
  axes(define_player, "GetPos", "position", { "x", "y", "z" })
  axes(define_player, "GetPreviousCellPos", "previous", { "x", "y", "z" })
  axes(define_player, "GetRot", "rotation", { "x", "z" })
  define_player("SetPos", function(player, x, y, z)
    local at = player.position
    at.x, at.y, at.z = x, y, z
  end)
  define_player("SetRot", function(player, x, z)
    player.rotation.x, player.rotation.z = x, z
  end)
  define_player("SendPos", function(player)
    local at, turned = player.position, player.rotation
    server:send(player.pid, { type = "Position", x = at.x, y = at.y, z = at.z,
      pitch = turned.x, yaw = turned.z }, false, false)
  end)
end

local function momentum(server, define_player)
  define_player("SetMomentum", function(player, x, y, z) player.momentum = { x = x, y = y, z = z } end)
  define_player("SendMomentum", function(player)
    server:send(player.pid, { type = "Momentum", momentum = player.momentum }, false, false)
  end)
end

return function(server, _, define_player)
  momentum(server, define_player)
  cell(server, define_player)
  position(server, define_player)
end
