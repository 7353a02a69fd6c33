local acting = require("acting")
local commands = require("timmy.commands.registry")
local declarations = require("timmy.wire.declarations")
local deferred = require("timmy.server.deferred")
local harness = require("harness")
local json = require("timmy.wire.json")
local stage = require("stage")

local declined, done, refused, run = acting.declined, acting.done, acting.refused, acting.run
local equal, holds, test = harness.equal, harness.holds, harness.test

--- What only asks, or changes only what CoreScripts save.
local SILENT = { server_info = true, delete_record = true, set_actor_lines = true, list_players = true, unban = true,
  save_all = true }
--- What the simulated client does: some of it is no call of a function.
local BY_CLIENT = require("timmy.commands.client_input")
local RAW = { raw = true, chat_command = true, operate = true }

--- A world in which a command's example is possible, and the example. `options` are the stage's.
local function prepare(name, options)
  stage.open(options)
  local schema = acting.schema(name)
  for _, before in ipairs(schema["x-after"]) do
    done(before.name, before.arguments, RAW)
    stage.settle()
  end
  return schema.examples[1], schema
end

test("names its commands by the alphabet, each with a published schema", function()
  local sorted = { unpack(commands.names) }
  table.sort(sorted)
  equal(commands.names, sorted)
  for _, name in ipairs(commands.names) do equal(acting.schema(name).examples[1].player, "Timmy") end
end)

test("has no function that no command is declared for", function()
  for _, declared in pairs(declarations.commands) do
    for name in pairs(require("timmy.commands." .. declared.topic)) do
      equal(declarations.commands[name] and declarations.commands[name].topic, declared.topic, name)
    end
  end
end)

test("does what each command's model gives as an example", function()
  for _, name in ipairs(commands.names) do
    local example = prepare(name)
    local value = done(name, example, RAW)
    holds(#stage.effects() > 0 or SILENT[name] or BY_CLIENT[name], name .. " changed nothing")
    if deferred.is(value) then
      stage.settle()
      value = value.value
    end
    holds(next(value), name .. " says nothing of what it did")
  end
end)

test("does what is idempotent twice, with the same words", function()
  for _, name in ipairs(commands.names) do
    local example, schema = prepare(name)
    if schema["x-idempotent"] then
      local first = done(name, example, RAW)
      equal(done(name, example, RAW), first, name)
    end
  end
end)

test("runs every example with the release's CoreScripts too, without a kick", function()
  for _, name in ipairs(commands.names) do
    local example = prepare(name, { core_scripts = "release" })
    done(name, example, RAW)
    stage.settle()
    holds(name == "kick" or name == "ban" or Players[0] and Players[0]:IsLoggedIn(), name .. " got Timmy kicked")
  end
end)

test("declines a command that isn't known", function()
  declined("fly", {}, "unknown_command", "name")
  declined(nil, {}, "unknown_command", "name")
  declined({}, {}, "unknown_command", "name")
  local _, wrong = run(("x"):rep(60000), {})
  holds(#wrong.message < 1000, "the answer, which is kept, repeats a name of any length")
end)

--- The commands about a player who must be in the game.
local function each_of_a_player(act)
  for _, name in ipairs(commands.names) do
    if not declarations.commands[name].of_server then act(name) end
  end
end

test("declines a player who isn't here or not logged in, for every command that needs one", function()
  each_of_a_player(function(name)
    local example = acting.schema(name).examples[1]
    example.player = "Nerevar"
    declined(name, example, "no_such_player", "player", RAW)
    example.player = "Jiub"
    Players[1].IsLoggedIn = function() return false end
    refused(name, example, "not_logged_in", "player", RAW)
  end)
end)

test("declines arguments that are none, or that no command has, for every command", function()
  stage.open()
  for _, name in ipairs(commands.names) do
    refused(name, "player", "bad_arguments", "arguments", RAW)
    local example = acting.schema(name).examples[1]
    example.wrong = 1
    refused(name, example, "bad_arguments", "wrong", RAW)
  end
end)

test("answers a verb for the player's own client with what it takes", function()
  local file = assert(io.open(package.loaded.test_root .. "/docs/protocol/golden/client_input.json", "rb"))
  local rows = assert(json.decode(file:read("*a")))
  file:close()
  stage.open({ client_input = false })
  for _, row in ipairs(rows) do
    refused(row.verb, { anything = 1 }, "needs_client_input", "name")
    local _, wrong = run(row.verb, {})
    equal(wrong.message, row.guidance)
  end
end)

test("finds a player by the exact name only", function()
  declined("message", { player = "timmy", text = "hello" }, "no_such_player", "player")
end)

test("answers internal and logs when the game raises", function()
  stage.open()
  Players[0].LoadClass = function() error("broken") end
  local value, wrong = run("set_class", { player = "Timmy", class = "Mage" })
  equal(value, nil)
  equal(wrong.code, "internal")
  equal(stage.calls("LogMessage")[1][2], 3)
end)
