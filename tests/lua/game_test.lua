local harness = require("harness")
local game = require("timmy.game")

local test = harness.test

local NAN, INFINITY = 0 / 0, math.huge

--- Runs `act` with a server that only writes down what reached it.
local function with_server(act)
  local before, reached = _G.tes3mp, {}
  _G.tes3mp = setmetatable({}, { __index = function(_, name)
    return function(...) reached[#reached + 1] = { name, ... } end
  end })
  local ok, problem = pcall(act, reached)
  _G.tes3mp = before
  assert(ok, problem)
end

local function assert_refused(reached, name, ...)
  local ok, problem = pcall(game[name], ...)
  assert(not ok and problem:find("tes3mp." .. name, 1, true), name .. " accepted a wrong argument")
  assert(#reached == 0, name .. " reached the server")
end

test("passes good arguments on as they are", function()
  with_server(function(reached)
    game.SetPos(3, -23894, -15079, 505)
    local call = reached[1]
    assert(call[1] == "SetPos" and call[2] == 3 and call[3] == -23894 and call[4] == -15079 and call[5] == 505)
  end)
end)

test("lets no wrong player slot through", function()
  with_server(function(reached)
    for _, pid in ipairs({ -1, 65535, 1.5, NAN, INFINITY, "0", true, {} }) do
      assert_refused(reached, "GetCell", pid)
    end
    assert_refused(reached, "GetCell")
    assert_refused(reached, "GetCell", nil)
  end)
end)

test("lets no wrong number through", function()
  with_server(function(reached)
    for _, x in ipairs({ NAN, INFINITY, -INFINITY, 1e300, "1", true, {} }) do
      assert_refused(reached, "SetPos", 0, x, 0, 0)
      assert_refused(reached, "SetHealthCurrent", 0, x)
    end
    assert_refused(reached, "AddJournalIndex", 0, "quest", 2147483648)
    assert_refused(reached, "AddJournalIndex", 0, "quest", 1.5)
    assert_refused(reached, "GetAttributeBase", 0, 8)
    assert_refused(reached, "GetSkillBase", 0, 27)
  end)
end)

test("lets no wrong text through", function()
  with_server(function(reached)
    for _, text in ipairs({ "a\0b", ("x"):rep(8193), 5, true, {} }) do
      assert_refused(reached, "SendMessage", 0, text, false, false)
    end
    assert_refused(reached, "SendMessage", 0, nil, false, false)
  end)
end)

test("lets no cell through that would overflow the server's grid", function()
  with_server(function(reached)
    for _, cell in ipairs({ "", "99999999999, 0", "0, 977", "a\nb", ("x"):rep(1025), 5, {} }) do
      assert_refused(reached, "SetCell", 0, cell)
    end
  end)
end)

test("refuses a missing and a surplus argument", function()
  with_server(function(reached)
    assert_refused(reached, "SetPos", 0, 1, 2)
    assert_refused(reached, "SendPos", 0, 1)
    assert_refused(reached, "SendMessage", 0, "hello", false)
  end)
end)

test("refuses what is no boolean", function()
  with_server(function(reached) assert_refused(reached, "SendJournalChanges", 0, 1, false) end)
end)

test("logs anything without raising, and without what the server can't take", function()
  with_server(function(reached)
    game.log("error", "one\0two")
    game.log("no such level", nil)
    game.log("info", ("x"):rep(100000))
    assert(reached[1][2] == 3 and reached[1][3] == "onetwo")
    assert(reached[2][3] == "nil")
    assert(#reached[3][3] == 8192)
  end)
end)

test("reads no actor list of a cell that isn't one", function()
  with_server(function(reached)
    assert(not pcall(game.actors_in, "99999999999, 0"))
    assert(#reached == 0)
  end)
end)
