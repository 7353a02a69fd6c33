--- What an argument of the raw API may be, kind by kind: at its bounds, and one step outside. Nothing is called.
local harness = require("harness")
local kinds = require("timmy.raw.kinds")

local holds, test = harness.holds, harness.test

local folder = os.tmpname()
os.remove(folder)

--- Runs `act` with a data folder that has an image of 1800 bytes, one of 1801, and another file.
local function with_folder(act)
  local files = { ["tile.png"] = 1800, ["large.png"] = 1801, ["notes.txt"] = 1 }
  assert(os.execute("mkdir '" .. folder .. "'") == 0)
  for name, size in pairs(files) do
    local file = assert(io.open(folder .. "/" .. name, "wb"))
    file:write(("x"):rep(size))
    file:close()
  end
  local before = _G.tes3mp
  _G.tes3mp = { GetDataPath = function() return folder end }
  local ok, problem = pcall(act)
  _G.tes3mp = before
  for name in pairs(files) do os.remove(folder .. "/" .. name) end
  os.execute("rmdir '" .. folder .. "'")
  assert(ok, problem)
end

local function in_folder(name) return folder .. "/" .. name end

--- A path of so many bytes, of names that are short enough.
local function path_of(length)
  local path = folder
  while #path + 101 < length do path = path .. "/" .. ("d"):rep(100) end
  return path .. "/" .. ("d"):rep(length - #path - 1)
end

--- Each kind: what it takes, and what not.
local function cases()
  return {
    boolean = { { true, false }, { 0, "true" } }, number = { { 1e14 - 1, 1 - 1e14 }, { 1e14, -1e14, 0 / 0, "1" } },
    text = { { "", ("x"):rep(32768), "\195\169" }, { ("x"):rep(32769), "\0", "a\0b", "\255", 5 } },
    faction = { { "temple" }, { "Temple", 5 } }, cell = { { "0, 976", ("x"):rep(250) }, { "0, 977", "", 5 } },
    checksum = { { "", "12345678" }, { "123456789", "x", "1x", 5 } },
    address = { { "10.0.0.1", "10.*.*.*", "111.111.111.111" }, { "1111.111.111.111", "a", "", 5 } },
    int = { { -2147483647, 2147483647 }, { -2147483648, 2147483648, 0.5 } },
    unsigned = { { 0, 4294967295 }, { -1, 4294967296 } }, unsigned_short = { { 0, 65535 }, { -1, 65536 } },
    byte = { { 0, 255 }, { -1, 256 } }, pid = { { 0, 65534 }, { -1, 65535 } },
    index = { { 0, 2147483647 }, { -1, 2147483648 } }, attribute = { { 0, 7 }, { -1, 8 } },
    any_attribute = { { -1, 7 }, { -2, 8 } }, skill = { { 0, 26 }, { -1, 27 } }, any_skill = { { -1, 26 }, { -2, 27 } },
    grid = { { -976, 976 }, { -977, 977 } }, weather = { { 0, 9 }, { -1, 10 } },
    weather_or_none = { { -1, 9 }, { -2, 10 } },
    path = { { folder, in_folder("a"), in_folder(("x"):rep(255)), path_of(4000) },
      { folder .. "x", "/a", in_folder("../a"), in_folder("a\\b"), in_folder("a\nb"), in_folder(("x"):rep(256)),
        path_of(4001), 5 } },
    folder = { { folder }, { in_folder("none"), in_folder("notes.txt"), "/" } },
    image = { { in_folder("tile.png") }, { in_folder("large.png"), in_folder("none.png"), in_folder("notes.txt") } },
    new_image = { { in_folder("new.png") }, { in_folder("new.txt"), in_folder(".png"), "/new.png" } },
  }
end

test("takes of each kind what is within its bounds, and nothing one step outside", function()
  with_folder(function()
    local known = cases()
    for name, kind in pairs(kinds) do
      local is_kind = type(kind) == "function" and name ~= "whole"
      holds(not is_kind or known[name], "no bounds are known of " .. name)
    end
    for name, values in pairs(known) do
      for _, value in ipairs(values[1]) do
        holds(kinds[name](value) == nil, name .. " does not take " .. tostring(value):sub(1, 60))
      end
      for _, value in ipairs(values[2]) do
        holds(type(kinds[name](value)) == "string", name .. " takes " .. tostring(value):sub(1, 60))
      end
    end
  end)
end)
