local acting = require("acting")
local harness = require("harness")
local json = require("timmy.wire.json")
local stage = require("stage")

local declined, done = acting.declined, acting.done
local equal, holds, test = harness.equal, harness.holds, harness.test

local OPERATOR = { operate = true }

local function names()
  local list = {}
  for _, player in ipairs(done("list_players", {}, OPERATOR).players) do list[#list + 1] = player.name end
  return list
end

test("needs its scope", function()
  for _, name in ipairs({ "list_players", "ban", "unban", "reset_kills", "save_all", "stop_server" }) do
    declined(name, {}, "not_permitted", "name")
  end
end)

test("lists everybody who is connected, also who is not logged in", function()
  stage.open()
  local timmy = done("list_players", {}, OPERATOR).players[1]
  equal({ timmy.name, timmy.pid, timmy.logged_in, timmy.cell, timmy.rank }, { "Timmy", 0, true, "-2, -9", "player" })
  holds(timmy.ping_ms >= 0)
  Players[1].IsLoggedIn = function() return false end
  Players[0].data.settings.staffRank = 2
  local list = done("list_players", {}, OPERATOR).players
  equal({ list[1].rank, list[2].logged_in, list[2].cell }, { "admin", false, json.null })
end)

test("needs nobody in the game", function()
  stage.open()
  stage.host.disconnect(0)
  stage.host.disconnect(1)
  equal(names(), {})
  equal(done("save_all", {}, OPERATOR).failed, 0)
end)

test("bans an account, which then can't log in, and lifts the ban", function()
  stage.open()
  local banned = done("ban", { player = "Jiub", reason = "Enough." }, OPERATOR)
  equal(banned, { player = "Jiub", banned = true, addresses = 0 })
  stage.settle()
  equal(names(), { "Timmy" })
  equal(done("ban", { player = "Jiub" }, OPERATOR), banned)
  local pid = stage.host.connect("Jiub")
  equal(Players[pid]:IsLoggedIn(), false)
  stage.host.disconnect(pid)
  equal(stage.host.connect("Jiub"), nil, "CoreScripts ban the address of a banned account")
  equal(done("unban", { player = "Jiub" }, OPERATOR), { player = "Jiub", banned = false, addresses = 1 })
  holds(Players[stage.host.connect("Jiub")]:IsLoggedIn())
end)

test("disconnects the player of a banned account however the name is written", function()
  stage.open()
  done("ban", { player = "jIUB", reason = "Enough." }, OPERATOR)
  stage.settle()
  equal(names(), { "Timmy" })
end)

test("bans the addresses of an account only if asked to, and nothing that is a pattern", function()
  stage.open()
  Players[1].data.ipAddresses = { "192.0.2.1", "*", 7 }
  equal(done("ban", { player = "Jiub", addresses = true }, OPERATOR).addresses, 1)
  equal(stage.calls("BanAddress"), { { "BanAddress", "192.0.2.1" } })
end)

test("refuses a ban where the server's scripts keep no list", function()
  stage.open()
  rawset(_G, "banList", nil)
  acting.refused("ban", { player = "Jiub" }, "game_refused", nil, OPERATOR)
  acting.refused("unban", { player = "Jiub" }, "game_refused", nil, OPERATOR)
end)

test("disconnects a player who has not logged in yet", function()
  stage.open()
  Players[1].IsLoggedIn = function() return false end
  done("kick", { player = "Jiub" })
  declined("kick", { player = "Nerevar" }, "no_such_player", "player")
end)

test("resets the kills of the world, or of each player", function()
  stage.open()
  equal(done("reset_kills", {}, OPERATOR), { records = 2 })
  equal(WorldInstance.data.kills, { mudcrab = 0, rat = 0 })
  config.shareKills = false
  Players[0].data.kills = { rat = 4 }
  equal(done("reset_kills", {}, OPERATOR), { records = 1 })
  WorldInstance.data.kills, config.shareKills = "none", true
  stage.forget()
  acting.refused("reset_kills", {}, "game_refused", nil, OPERATOR)
end)

test("saves everything, and counts what could not be saved", function()
  stage.open()
  local saves = acting.saves_of(Players[0], function() end)
  equal(saves, 0)
  local value = done("save_all", {}, OPERATOR)
  equal({ value.players, value.failed }, { 2, 0 })
  holds(value.cells >= 9)
  Players[0].SaveToDrive = function() error("the disk is full") end
  equal(done("save_all", {}, OPERATOR).failed, 1)
end)

test("stops the server after it saved everything, or not at all", function()
  stage.open()
  Players[0].SaveToDrive = function() error("the disk is full") end
  acting.refused_after_trying("stop_server", {}, "game_refused", "force", OPERATOR)
  equal(stage.calls("StopServer"), {})
  done("stop_server", { text = "Good night.", force = true }, OPERATOR)
  equal(stage.calls("StopServer"), { { "StopServer", 0 } })
  stage.open()
  equal(done("stop_server", {}, OPERATOR).failed, 0)
end)

acting.covers("operators")
