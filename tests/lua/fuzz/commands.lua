--- Random commands in the embedded world, in process: none may end it, raise an error inside, or stay without an
-- answer. They are generated from the rules, or are refused because of a name or a type. The commands are read from the
-- registry, and valid arguments from their published schemas: a new command is included without a change here.
local acting = require("acting")
local allowed = require("allowed")
local batches = require("fuzz.batches")
local commands = require("timmy.commands.registry")
local json = require("timmy.wire.json")
local received = require("timmy.raw.received")
local stage = require("stage")
local values = require("fuzz.values")

local M = {}

local RAW = { raw = true, chat_command = true }
local NEW_WORLD_AFTER, SETTLE_AFTER = 10000, 250
local MOST_FAULTS = 10
--- Shares of what is done.
local BATCH, LEAVING = 0.3, 0.004

local pick = values.pick

local examples = {}

local function example_of(name)
  examples[name] = examples[name] or acting.schema(name).examples[1]
  local copy = {}
  for field, value in pairs(examples[name]) do copy[field] = value end
  return copy
end

local function open()
  stage.open()
  received.listen()
end

--- Commands throw players out.
local function let_everybody_in()
  for _, name in ipairs({ "Timmy", "Jiub" }) do
    if not stage.host.player(name) then stage.host.connect(name) end
  end
end

--- A value that the field takes: of its own example, another command's, or any that is at hand.
local function allowed_value(field, value)
  local tried = type(value) == "string" and values.changed(value) or pick(values.PLAUSIBLE)
  if math.random() < 0.3 then tried = example_of(pick(commands.names))[field.name] or tried end
  if tried ~= nil and not select(2, field.check(tried)) then return tried end
  return value
end

local function mutate_field(arguments, field)
  local chance, value = math.random(), arguments[field.name]
  if chance < 0.1 then
    arguments[field.name] = nil
  elseif chance < 0.25 and value ~= nil then
    arguments[field.name] = values.of_another_type(value)
  else
    arguments[field.name] = allowed_value(field, value)
  end
end

local function mutate(name, arguments)
  for _, field in ipairs(commands.fields_of(name)) do
    if math.random() < (field.name == "player" and 0.1 or 0.4) then mutate_field(arguments, field) end
  end
  if math.random() < 0.03 then arguments[tostring(values.any()):sub(1, 1000)] = values.any() end
  return arguments
end

--- A command's name and arguments.
local function any_command()
  if math.random() < BATCH and Players[0] and Players[0]:IsLoggedIn() then
    allowed.receive_everything()
    return "api", { player = pick({ "Timmy", "Jiub" }), calls = batches.calls() }
  end
  local name = pick(commands.names)
  if math.random() < 0.005 then
    return pick({ "fly", "", name .. "\0", name:upper(), 7, json.null }), example_of(name)
  end
  if math.random() < 0.005 then return name, values.any() end
  return name, mutate(name, example_of(name))
end

--- A player leaves, and the next commands are about it; then a player joins again.
local function leave(give)
  if not stage.host.player("Jiub") then return end
  for pid, player in pairs(Players) do
    if player.name == "Jiub" then stage.host.disconnect(pid) end
  end
  for _ = 1, 20 do
    local name, arguments = any_command()
    if type(arguments) == "table" and arguments ~= json.null then arguments.player = pick({ "Timmy", "Jiub" }) end
    give(name, arguments)
  end
  stage.host.connect("Jiub")
end

local function shown(value)
  if type(value) == "string" then return ("%q"):format(value:sub(1, 80)) end
  return type(value) == "table" and (json.encode(value) or "a table"):sub(1, 2000) or tostring(value)
end

--- The last line of the server's log: where a command that failed inside says why.
local function last_log()
  local lines = stage.calls("LogMessage")
  return #lines > 0 and lines[#lines][3] or "nothing was logged"
end

--- Gives `count` commands, the same for the same seed. The report: { given, done, refused = { code = number }, calls,
-- faults = { what went wrong... } }. `say`, where given, hears of the progress.
function M.run(count, seed, say)
  math.randomseed(seed)
  local report = { given = 0, done = 0, refused = {}, faults = {} }
  local function give(name, arguments)
    report.given = report.given + 1
    local ok, value, wrong = pcall(commands.run, name, arguments, RAW)
    local about = ("%d: %s %s"):format(report.given, shown(name), shown(arguments))
    if stage.host.death() then error(about .. " ended the server: " .. stage.host.death(), 0) end
    local answer = ok and (value or wrong)
    if not answer then
      report.faults[#report.faults + 1] = about .. " raised " .. tostring(value)
    elseif not json.encode(answer) then
      report.faults[#report.faults + 1] = about .. " has an answer without JSON"
    elseif value then
      report.done = report.done + 1
    else
      report.refused[wrong.code] = (report.refused[wrong.code] or 0) + 1
      if wrong.code == "internal" then report.faults[#report.faults + 1] = about .. " failed inside: " .. last_log() end
    end
  end
  local settles_at, renewed_at = SETTLE_AFTER, NEW_WORLD_AFTER
  open()
  while report.given < count and #report.faults < MOST_FAULTS do
    local chance = math.random()
    if chance < LEAVING then leave(give) else give(any_command()) end
    if report.given >= settles_at then
      settles_at = report.given + SETTLE_AFTER
      stage.settle()
      let_everybody_in()
    end
    if report.given >= renewed_at then
      renewed_at = report.given + NEW_WORLD_AFTER
      if say then say(report.given) end
      open()
    end
  end
  return report
end

return M
