--- A walk over the whole table: every function of the 21 categories is run in the embedded world under its rule, with
-- arguments that the rule itself finds good, after what must come before it; or it is refused, with the reason.
local acting = require("acting")
local allowed = require("allowed")
local functions = require("timmy.raw.functions")
local harness = require("harness")
local joining = require("timmy.raw.joining")
local json = require("timmy.wire.json")
local received = require("timmy.raw.received")
local stage = require("stage")

local equal, holds, test = harness.equal, harness.holds, harness.test

local RAW = { raw = true, chat_command = true, operate = true }
local REFUSED = { StopServer = true }
local BESIDE_THE_CATEGORIES = { Timer = true, Public = true }

--- A folder for the server's data with an image in it.
local folder = os.tmpname()
os.remove(folder)
local image = folder .. "/tile.png"

local function make_folder()
  assert(os.execute("mkdir '" .. folder .. "'") == 0)
  local file = assert(io.open(image, "wb"))
  file:write("pixels")
  file:close()
end

local function remove_folder()
  os.remove(image)
  os.execute("rmdir '" .. folder .. "'")
end

--- Values in the order they are tried: a parameter takes the first that its kind finds good.
local GOOD = { 0, 1, allowed.CELL, "5", "10.0.0.1", image, folder, true, "a" }
local BY_TYPE = { string = { "a", allowed.CELL, "5", "10.0.0.1", image, folder } }

local function value_for(parameter, declared)
  for _, value in ipairs(BY_TYPE[declared.type] or GOOD) do
    if not parameter.kind(value) then return value end
  end
  error("no value for " .. declared.name)
end

local function walk(visit)
  make_folder()
  local ok, err = pcall(function()
    for _, entry in ipairs(functions.all) do
      if not BESIDE_THE_CATEGORIES[entry.category] then visit(entry) end
    end
  end)
  remove_folder()
  holds(ok, err)
end

test("runs every function of the 21 categories in the embedded world, or gives the reason why not", function()
  local run, refused, categories, listed = 0, {}, {}, {}
  for name in pairs(joining.FUNCTIONS) do listed[#listed + 1] = name end
  joining.allow(listed)
  walk(function(entry)
    if REFUSED[entry.name] then
      refused[#refused + 1] = entry.name
      return
    end
    if not categories[entry.category] or not Players[0] then
      stage.open({ data_path = folder })
      received.listen()
    end
    allowed.receive_everything()
    local before = #stage.calls(entry.name)
    local calls = json.array(allowed.batch_for(entry.name, value_for))
    local value, wrong = acting.run("api", { player = "Timmy", calls = calls }, RAW)
    holds(value, wrong and entry.name .. ": " .. wrong.message)
    holds(#stage.calls(entry.name) > before, entry.name .. " was not called")
    equal(stage.host.death(), nil, entry.name)
    run, categories[entry.category] = run + 1, true
  end)
  local reached = 0
  for _ in pairs(categories) do reached = reached + 1 end
  equal({ run, refused, reached }, { 755, { "StopServer" }, 21 })
end)
