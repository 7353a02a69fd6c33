--- A game of two players for the message layer's tests: the commands, sections and players of a server.
local declarations = require("timmy.wire.declarations")
local deferred = require("timmy.server.deferred")
local json = require("timmy.wire.json")

local M = {}

--- A game whose values a test changes: `game.values[pid][section]`, `game.roster`, `game.ran`, `game.reads`;
-- `game.outcomes`: the answers that its command `ask` waits for; `game.under_way[pid]`: which command has a player
-- under way, and `game.held_since` since when positions are held; `game.clock_s`: the monotonic clock, and
-- `game.takes_s` how long a command takes by it.
function M.new_game()
  return {
    roster = { { pid = 0, name = "Timmy" }, { pid = 1, name = "Jiub" } },
    values = { [0] = {}, [1] = {} },
    ran = {},
    outcomes = {},
    under_way = {},
    clock_s = 1000,
    reads = 0,
  }
end

local function find(game)
  return function(name)
    for _, player in ipairs(game.roster) do
      if player.name == name then return player.pid end
    end
    return nil, { code = "no_such_player", message = "no player is called that", field = "player" }
  end
end

local function run(game)
  return function(name, arguments, context)
    game.clock_s = game.clock_s + (game.takes_s or 0)
    if name == "raise" then error("a command broke") end
    if name == "infinite" then return { number = math.huge } end
    if name == "ask" then
      game.outcomes[#game.outcomes + 1] = deferred.new()
      return game.outcomes[#game.outcomes]
    end
    if name ~= "message" then return nil, { code = "unknown_command", message = "no such command", field = "name" } end
    game.ran[#game.ran + 1] = { arguments = arguments, context = context }
    return { times = #game.ran }
  end
end

local function read(game)
  return function(section, pid, options)
    game.reads = game.reads + 1
    local value = game.values[pid][section]
    if type(value) == "function" then return value(options) end
    return value or json.object({})
  end
end

--- The services that `timmy.server.service` needs, over a game of `new_game`.
function M.services(game)
  return {
    commands = { names = { "message" }, run = run(game) },
    sections = { names = declarations.SECTIONS, look = read(game), by_view = { nearby_actors = true }, keeps_s = {},
      held = function(section) return section == "position" and game.held_since or nil end },
    player_location = { of = function() return nil end, has_loaded = function() return false end },
    trips = { look = function() end, revision = function(pid) return game.under_way[pid] or nil end,
      is_under_way = function(pid) return game.under_way[pid] ~= nil end },
    clock_now = function() return game.clock_s end,
    players = { online = function() return game.roster end, find = find(game) },
  }
end

--- The default limits, with some replaced.
function M.limits(replaced)
  local limits = {}
  for name, limit in pairs(require("timmy.server.limits")) do limits[name] = limit.default end
  for name, value in pairs(replaced or {}) do limits[name] = value end
  return limits
end

return M
