--- Functions that a test declares beside the server's own, so that what must hold before a call can be tried out of
-- bounds without a call that a real server has. The simulator enforces their preconditions, and the guard of the raw
-- API (timmy.raw), loaded a second time over a table that has them, refuses by them.
local json = require("timmy.wire.json")
local listed = require("timmy.raw.table")
local stage = require("stage")

local M = {}

local DATA = require("test_root") .. "/timmy_actors/embedded/data/"

local function read_json(name)
  local file = assert(io.open(DATA .. name, "rb"))
  local decoded = assert(json.decode(file:read("*a")))
  file:close()
  return decoded
end

local function parameters_of(declared)
  local parameters = {}
  for name, kind in (declared.takes or ""):gmatch("(%w+):(%w+)") do
    parameters[#parameters + 1] = { name = name, type = kind }
  end
  return parameters
end

--- The recorded functions and preconditions, with the declared ones behind them.
local function extended(functions)
  local api, preconditions = read_json("api-0.8.1.json"), read_json("preconditions-0.8.1.json")
  for _, declared in ipairs(functions) do
    local category = declared.category or "Probes"
    api[#api + 1] = { name = declared.name, category = category, params = parameters_of(declared),
      returns = declared.returns }
    preconditions[#preconditions + 1] = { name = declared.name, category = category, needs = declared.needs or {} }
  end
  return api, preconditions
end

--- The bridge's table with the declared functions behind it; their words get the next numbers.
local function extended_table(functions)
  local _, count = listed:match("^%[needs%]\n(.-)%[%w+%]\n"):gsub("\n", "")
  local words, lines = {}, {}
  for _, declared in ipairs(functions) do
    local numbers = {}
    for _, need in ipairs(declared.needs or {}) do
      words[#words + 1] = need
      numbers[#numbers + 1] = " " .. count + #words
    end
    lines[#lines + 1] = ("[%s]\n%s(%s)%s%s\n"):format(declared.category or "Probes", declared.name,
      declared.takes or "", declared.returns and ":" .. declared.returns or "", table.concat(numbers))
  end
  local needs = #words > 0 and table.concat(words, "\n") .. "\n" or ""
  return (listed:gsub("\n(%[Actors%]\n)", function(heading) return "\n" .. needs .. heading end, 1))
    .. table.concat(lines)
end

local function set_aside(pattern)
  local kept = {}
  for name in pairs(package.loaded) do
    if name:find(pattern) then kept[name], package.loaded[name] = package.loaded[name], nil end
  end
  return kept
end

--- The modules of the raw API's guard, over a table with the declared functions: { batch =, received = }.
local function load_guard(functions)
  local kept = set_aside("^timmy%.raw%.")
  package.loaded["timmy.raw.table"] = extended_table(functions)
  local guard = { batch = require("timmy.raw.batch"), received = require("timmy.raw.received"),
    rules = require("timmy.raw.rules") }
  set_aside("^timmy%.raw%.")
  for name, module in pairs(kept) do package.loaded[name] = module end
  return guard
end

--- Starts a world whose server has the declared functions too, each { name =, category =, takes = "name:type,...",
-- returns =, needs = { words... } }, and a guard that knows them.
function M.open(functions)
  local api, preconditions = extended(functions)
  stage.open({ api = api, preconditions = preconditions })
  M.guard = load_guard(functions)
  M.guard.received.listen()
end

--- The same server as nobody has ever joined it: nothing is selected, nothing was sent.
function M.open_empty(functions)
  local api, preconditions = extended(functions)
  stage.host.start({ api = api, preconditions = preconditions, players = {} })
end

--- Makes the calls, each { name, argument... }, as one batch of the raw API: the results, or nil and the error.
function M.run(...)
  local calls = {}
  for position, call in ipairs({ ... }) do
    calls[position] = { name = call[1], arguments = json.array({ unpack(call, 2) }) }
  end
  local wrong = M.guard.batch.judge(calls)
  if wrong then return nil, wrong end
  return M.guard.batch.run(calls)
end

--- Makes the calls at the simulator, past the guard: why it ended, or nil. It is of no use afterwards.
function M.simulate(...)
  for _, call in ipairs({ ... }) do
    if not pcall(tes3mp[call[1]], unpack(call, 2)) then break end
  end
  return stage.host.death()
end

return M
