--- What a player does with keys and mouse: for players whose clients are simulated. Every other server declines these
-- commands with `needs_client_input`.
local checks = require("timmy.wire.checks")
local client_input = require("timmy.game.client_input")
local errors = require("timmy.commands.errors")

local player = { name = "player", check = checks.name }
local thing = { name = "unique_index", check = checks.name }
local aim = { name = "unique_index", check = checks.name, optional = true }

local LONGEST_S, FARTHEST = 60, 100000
local count = { name = "count", check = checks.integer(1, 1000000), default = 1 }

local function angle(name, most)
  return { name = name, check = checks.number(-most, most), optional = true }
end

local steps = {
  { name = "direction", check = checks.one_of("forward", "back", "left", "right"), default = "forward" },
  { name = "seconds", check = checks.number(0.05, LONGEST_S), default = 1 },
  { name = "distance", check = checks.number(1, FARTHEST), optional = true },
}

--- The fields of each verb after the player.
local FIELDS = {
  walk = steps,
  run = steps,
  stop_moving = {},
  turn = { angle("yaw", 360), angle("by", 360), angle("pitch", 90) },
  jump = {},
  look = { { name = "radius", check = checks.number(1, FARTHEST), default = 4096 } },
  activate = { thing },
  open = { thing },
  take = { thing, { name = "item", check = checks.name, optional = true }, count },
  talk = { thing },
  choose_topic = { { name = "topic", check = checks.name } },
  barter = { { name = "deal", check = checks.one_of("buy", "sell") }, { name = "item", check = checks.name }, count },
  attack = { aim },
  cast = { { name = "spell", check = checks.name, optional = true }, aim },
  block = { { name = "seconds", check = checks.number(0.05, LONGEST_S), default = 1 } },
}

--- What the checks of single fields do not see: an error, or nil.
local WRONG = {}

function WRONG.turn(values)
  if values.yaw and values.by then return errors.new("bad_arguments", "give 'yaw' or 'by', not both", "by") end
  if not (values.yaw or values.by or values.pitch) then
    return errors.new("bad_arguments", "give 'yaw', 'by' or 'pitch'", "yaw")
  end
end

local function command(verb, fields)
  local result = { name = verb, fields = { player, unpack(fields) } }
  function result.permitted() return client_input.permits(verb) end
  function result.available(pid)
    local why = client_input.objection(pid, verb)
    if why then return errors.refuse("game_refused", why) end
    return true
  end
  function result.run(pid, values)
    local wrong = WRONG[verb] and WRONG[verb](values)
    if wrong then return nil, wrong end
    return client_input.act(pid, verb, values)
  end
  return result
end

local commands = {}
for verb, fields in pairs(FIELDS) do commands[#commands + 1] = command(verb, fields) end
return commands
