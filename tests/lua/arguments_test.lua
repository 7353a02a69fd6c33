local harness = require("harness")
local json = require("timmy.wire.json")

local test, equal, holds = harness.test, harness.equal, harness.holds

local file = assert(io.open(package.loaded.test_root .. "/docs/protocol/golden/arguments.json", "rb"))
local vectors = assert(json.decode(file:read("*a")))
file:close()

--- Runs a vector's command on a server where nobody, or only Timmy, is online and no function may be called.
local function run(vector, players)
  _G.tes3mp = { LogMessage = function() end }
  _G.Players = players
  local commands = require("timmy.commands.registry")
  return commands.run(vector.command, vector.arguments, { raw = true, chat_command = true, operate = true })
end

local function timmy()
  return { [0] = { name = "Timmy", pid = 0, data = {}, IsLoggedIn = function() return true end } }
end

test("arguments that the models take get as far as looking for the player", function()
  for _, vector in ipairs(vectors) do
    if vector.valid then
      local value, err = run(vector, {})
      equal({ value, err and err.code }, { nil, "no_such_player" }, vector.name)
    end
  end
end)

test("arguments that the models refuse are refused at the same field in the same words", function()
  for _, vector in ipairs(vectors) do
    if not vector.valid then
      local value, err = run(vector, timmy())
      holds(value == nil and err, vector.name .. " was taken")
      -- Where two fields contradict each other the models name neither; we may name one.
      local field = vector.error.field and err.field
      equal({ err.code, field }, { "bad_arguments", vector.error.field }, vector.name)
      if vector.error.message then equal(err.message, vector.error.message, vector.name) end
    end
  end
end)
