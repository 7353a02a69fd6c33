--- Random batches of the script API that its rules allow, and some that it refuses by a name or a type alone.
local allowed = require("allowed")
local functions = require("timmy.raw.functions")
local json = require("timmy.wire.json")
local rules = require("timmy.raw.rules")
local values = require("fuzz.values")

local M = {}

local MOST_FUNCTIONS = 6
--- Shares of batches: refused by a function's name, by a player's, by the type of an argument, or by a call's shape.
local WRONG_NAME, NO_PLAYER, WRONG_TYPE, NO_CALL = 0.05, 0.05, 0.1, 0.01
local TEXTS = { "a", allowed.CELL, "5", "gold_001", "Balmora", "10.0.0.1", "./data", "./data/x.png" }
local NUMBERS = { 0, 1, 2, 3, 9, 18, 26, 100, 255, 976, -1, 0.5, 65535 }
local BY_TYPE = { string = TEXTS, int = NUMBERS, number = NUMBERS, boolean = { true, false } }
--- What a function's name decides, so that the calls before it and it itself are about the same.
local FIXED = { pid = 0, cellDescription = allowed.CELL }

local pick = values.pick

--- The functions that there is a good value for each parameter of: not those of images and folders that are not there.
local runnable = {}

local function good_values(parameter, declared)
  local good = {}
  for _, value in ipairs(BY_TYPE[declared.type] or {}) do
    if not parameter.kind(value) then good[#good + 1] = value end
  end
  return good
end

--- Every list has one entry at least, and how many more is not known before the batch runs: an index is 0.
local function value_for(parameter, declared)
  if declared.name:find("[iI]ndex$") and declared.type == "int" then return 0 end
  if declared.name == "SetCurrentMpNum" then return 1000000 end
  return FIXED[declared.name] or (parameter.is_pid and 0) or pick(good_values(parameter, declared))
end

local function is_runnable(entry)
  local rule = rules.of(entry.name)
  for position, parameter in ipairs(rule and rule.parameters or {}) do
    if #good_values(parameter, entry.parameters[position]) == 0 then return false end
  end
  return rule ~= nil
end

--- Throws players out, after which a batch would be about nobody; or reads a list that no function fills.
local NOT_DRAWN = { Kick = true, BanAddress = true, SendConsoleCommand = true, GetCellStateType = true,
  GetCellStateDescription = true }

local function list_runnable()
  for _, entry in ipairs(functions.all) do
    if not NOT_DRAWN[entry.name] and is_runnable(entry) then runnable[#runnable + 1] = entry.name end
  end
end

local other_type = { string = { 5, true }, int = { "north", true }, number = { "north", true }, boolean = { 5, "no" } }

--- The first call of a batch that has an argument gets one of another type.
local function spoil_type(calls)
  for _, call in ipairs(calls) do
    if #call.arguments > 0 then
      local position = math.random(#call.arguments)
      call.arguments[position] = pick(other_type[functions.find(call.name).parameters[position].type])
      return
    end
  end
end

local function spoil_player(calls)
  for _, call in ipairs(calls) do
    if FIXED[(functions.find(call.name).parameters[1] or {}).name] == 0 then
      call.arguments[1] = { pid = pick({ "Nobody", "Nerevar" }) }
      return
    end
  end
end

local NO_FUNCTIONS = { "GetTerrainHeight", "getcell", "", "StopServer", "CreateTimer", "CallPublic", ("x"):rep(65) }

local function spoil(calls)
  local chance = math.random()
  if chance < WRONG_NAME then calls[#calls + 1] = { name = pick(NO_FUNCTIONS), arguments = json.array({}) } end
  if chance >= WRONG_NAME and chance < WRONG_NAME + NO_PLAYER then spoil_player(calls) end
  chance = math.random()
  if chance < WRONG_TYPE then
    spoil_type(calls)
  elseif chance < WRONG_TYPE + NO_CALL then
    calls[1] = pick({ 5, "GetPort" })
  end
end

--- The calls of one batch. What clients sent has to be as allowed.receive_everything leaves it; clients answer some of
-- what is sent at once, and so a batch ends where something is.
function M.calls()
  if #runnable == 0 then list_runnable() end
  local calls = {}
  for _ = 1, math.ceil(MOST_FUNCTIONS * math.random() ^ 3) do
    local name = pick(runnable)
    for _, call in ipairs(allowed.batch_for(name, value_for)) do calls[#calls + 1] = call end
    if name:find("^Send") then break end
  end
  spoil(calls)
  return json.array(calls)
end

return M
