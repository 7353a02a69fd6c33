local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

--- A world in which nobody knows anything yet.
local function open()
  stage.open()
  local world, player = WorldInstance.data, Players[0].data
  world.topics, world.kills, world.mapExplored = {}, {}, {}
  player.topics, player.books, player.mapExplored = {}, {}, {}
  for _, name in ipairs({ "Timmy", "Jiub" }) do
    local client = stage.client(name)
    client.topics, client.books, client.kills, client.map = {}, {}, {}, {}
  end
end

test("lets everybody talk of a topic while topics are shared", function()
  open()
  equal(done("add_topic", { topic = "Background" }), { topic = "background" })
  done("add_topic", { topic = "background" })
  equal({ WorldInstance.data.topics, Players[0].data.topics }, { { "background" }, {} })
  equal({ stage.client().topics, stage.client("Jiub").topics }, { { background = true }, { background = true } })
end)

test("lets one player talk of a topic where they are not shared", function()
  open()
  config.shareTopics = false
  done("add_topic", { topic = "background" })
  equal({ WorldInstance.data.topics, Players[0].data.topics }, { {}, { "background" } })
  equal(stage.client("Jiub").topics, {})
end)

test("counts a book as read, once", function()
  open()
  equal(done("add_book", { book = "bookskill_axe1" }), { book = "bookskill_axe1" })
  done("add_book", { book = "BookSkill_Axe1" })
  equal(Players[0].data.books, { "bookskill_axe1" })
  equal(stage.client().books.bookskill_axe1, true)
end)

test("sets how many were killed, for all or for one", function()
  open()
  equal(done("set_kills", { ref_id = "Mudcrab", count = 3 }), { ref_id = "mudcrab", count = 3 })
  equal({ WorldInstance.data.kills.mudcrab, stage.client("Jiub").kills.mudcrab }, { 3, 3 })
  config.shareKills = false
  done("set_kills", { ref_id = "rat", count = 1 })
  equal({ Players[0].data.kills, WorldInstance.data.kills.rat, stage.client("Jiub").kills.rat }, { { rat = 1 } })
end)

test("shows a cell on a player's map that another player has visited", function()
  open()
  equal(done("show_map", { x = -3, y = -2 }), { cell = "-3, -2" })
  equal(stage.client().map["-3, -2"], "./data/map/-3, -2.png")
  equal({ Players[0].data.mapExplored[#Players[0].data.mapExplored], stage.client("Jiub").map }, { "-3, -2", {} })
  config.shareMapExploration = true
  done("show_map", { x = -2, y = -9 })
  equal({ WorldInstance.data.mapExplored, stage.client("Jiub").map["-2, -9"] },
    { { "-2, -9" }, "./data/map/-2, -9.png" })
end)

test("declines to show a cell without a map tile", function()
  declined("show_map", { x = 5, y = 5 }, "no_such_target", "x")
  declined("show_map", { x = 977, y = 5 }, "bad_arguments", "x")
end)

test("declines to write into tables that are damaged", function()
  open()
  WorldInstance.data.topics, WorldInstance.data.kills = "none", "none"
  Players[0].data.books, Players[0].data.mapExplored = "none", "none"
  refused("add_topic", { topic = "background" }, "game_refused")
  refused("set_kills", { ref_id = "rat", count = 1 }, "game_refused")
  refused("add_book", { book = "bookskill_axe1" }, "game_refused")
  refused("show_map", { x = -3, y = -2 }, "game_refused")
end)

acting.covers("topics")
