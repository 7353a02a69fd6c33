local acting = require("acting")
local harness = require("harness")
local sections = require("timmy.sections.registry")
local stage = require("stage")

local declined, done, refused = acting.declined, acting.done, acting.refused
local equal, test = harness.equal, harness.test

test("teleports to a named place: cell first, then the spot", function()
  stage.open()
  local value = done("teleport", { to = "balmora" })
  equal(value, { cell = "-3, -2", x = -23894, y = -15079, z = 505 })
  local sent = stage.calls("SetCell", "SendCell", "SetPos", "SetRot", "SendPos")
  equal({ sent[1], sent[2], sent[3], sent[5] }, { { "SetCell", 0, "-3, -2" }, { "SendCell", 0 },
    { "SetPos", 0, -23894, -15079, 505 }, { "SendPos", 0 } })
  equal({ sent[4][1], sent[4][3], math.floor(math.deg(sent[4][4]) + 0.5) }, { "SetRot", 0, 69 })
end)

test("arrives where it teleported to", function()
  stage.open()
  done("teleport", { to = "Balmora" })
  stage.settle()
  equal(tes3mp.GetCell(0), "-3, -2")
  equal({ tes3mp.GetPosX(0), tes3mp.GetPosY(0), tes3mp.GetPosZ(0) }, { -23894, -15079, 505 })
end)

local function place_of(pid)
  stage.settle()
  return sections.read("position", pid or 0, { now = stage.seconds() }).place
end

test("calls the place as it was called where the player was sent there, until the player is somewhere else", function()
  stage.open()
  equal(place_of(), "Seyda Neen")
  for _, name in ipairs({ "Ald'ruhn", "Aldruhn", "Vivec City", "BALMORA", "Balmora" }) do
    done("teleport", { to = name })
    equal(place_of(), name)
  end
  done("teleport", { to = "Vivec City" })
  done("teleport", { player = "Jiub", to = "Vivec" })
  equal({ place_of(0), place_of(1) }, { "Vivec City", "Vivec" })
  done("teleport", { to = "Pelagiad" })
  equal(place_of(), "Pelagiad")
  done("teleport", { to_player = "Jiub" })
  equal(place_of(), "Vivec")
end)

test("keeps no such name for who comes next", function()
  stage.open()
  done("teleport", { player = "Jiub", to = "Vivec City" })
  equal(place_of(1), "Vivec City")
  stage.host.disconnect(1)
  local pid = stage.host.connect("Nerevar")
  done("teleport", { player = "Nerevar", to_player = "Timmy" })
  done("teleport", { player = "Timmy", to = "Vivec" })
  done("teleport", { player = "Nerevar", to_player = "Timmy" })
  equal({ pid, place_of(1) }, { 1, "Vivec" })
end)

test("sends no cell when the player is in it already", function()
  stage.open()
  done("teleport", { x = -11000, y = -71000, z = 250 })
  equal(#stage.calls("SetCell", "SendCell"), 0)
  equal(#stage.calls("SendPos"), 1)
end)

test("keeps the heading unless a yaw is given", function()
  stage.open()
  local before = tes3mp.GetRotZ(0)
  done("teleport", { x = -11000, y = -71000, z = 250 })
  equal(stage.calls("SetRot")[1][4], before)
  done("teleport", { x = -11000, y = -71000, z = 250, yaw = 90 })
  equal(stage.calls("SetRot")[2][4], math.rad(90))
end)

test("teleports into an interior by its name", function()
  stage.open()
  local value = done("teleport", { cell = "Balmora, Guild of Mages", x = 1, y = 2, z = 3 })
  equal(value.cell, "Balmora, Guild of Mages")
  equal(stage.calls("SetCell")[1][3], "Balmora, Guild of Mages")
end)

test("reads a grid cell however it was typed", function()
  stage.open()
  equal(done("teleport", { cell = "-3,-2", x = -23894, y = -15079, z = 505 }).cell, "-3, -2")
end)

test("declines a teleport without one clear destination", function()
  declined("teleport", {}, "bad_arguments", "to")
  declined("teleport", { x = 1, y = 2 }, "bad_arguments", "to")
  declined("teleport", { to = "Balmora", z = 2 }, "bad_arguments", "to")
  declined("teleport", { to = "Balmora", cell = "-3, -2" }, "bad_arguments", "to")
  declined("teleport", { to = "Nowhere" }, "no_such_place", "to")
  declined("teleport", { cell = "5, 5", x = 1, y = 2, z = 3 }, "bad_arguments", "cell")
  declined("teleport", { cell = "977, 0", x = 1, y = 2, z = 3 }, "no_such_cell", "cell")
  declined("teleport", { cell = ("9"):rep(99) .. ", 0", x = 1, y = 2, z = 3 }, "no_such_cell", "cell")
  -- CoreScripts stop the server when a cell's file can't be written: its name would have more than 255 bytes.
  declined("teleport", { cell = ("x"):rep(251), x = 1, y = 2, z = 3 }, "no_such_cell", "cell")
end)

test("declines a cell that the server forbids", function()
  declined("teleport", { cell = "ToddTest", x = 1, y = 2, z = 3 }, "not_permitted", "cell")
end)

test("teleports to another player, with its view direction by default", function()
  stage.open()
  done("teleport", { player = "Jiub", to = "Balmora" })
  stage.settle()
  local value = done("teleport", { to_player = "Jiub" })
  equal(value.cell, "-3, -2")
  equal({ value.x, value.y, value.z }, { tes3mp.GetPosX(1), tes3mp.GetPosY(1), tes3mp.GetPosZ(1) })
  stage.settle()
  equal(tes3mp.GetCell(0), "-3, -2")
end)

test("declines to teleport to an unknown player, or to one without a location", function()
  declined("teleport", { to_player = "Nerevar" }, "no_such_player", "to_player")
  declined("teleport", { to_player = "Jiub", to = "Balmora" }, "bad_arguments", "to")
  stage.open()
  local get_cell = tes3mp.GetCell
  tes3mp.GetCell = function() return "" end
  stage.forget()
  refused("teleport", { to_player = "Jiub" }, "game_refused", "to_player")
  tes3mp.GetCell = get_cell
  tes3mp.SetCell(1, "0, 0")
  tes3mp.SetPos(1, 9000000, 0, 0)
  stage.forget()
  refused("teleport", { to_player = "Jiub" }, "game_refused", "to_player")
end)

test("pushes a player", function()
  stage.open()
  equal(done("push", { z = 500 }), { x = 0, y = 0, z = 500 })
  equal(stage.client().received.Momentum.momentum, { x = 0, y = 0, z = 500 })
end)

test("sets the place that Recall brings a player to", function()
  stage.open()
  local arguments = { cell = "Balmora, Guild of Mages", x = 1, y = 2, z = 3 }
  equal(done("set_mark", arguments), { cell = "Balmora, Guild of Mages", x = 1, y = 2, z = 3 })
  local mark = Players[0].data.miscellaneous.markLocation
  equal({ mark.cell, mark.posX, mark.posY, mark.posZ }, { "Balmora, Guild of Mages", 1, 2, 3 })
  equal(stage.client().received.Mark.mark.cell, "Balmora, Guild of Mages")
  declined("set_mark", { cell = "977, 0", x = 1, y = 2, z = 3 }, "no_such_cell", "cell")
  stage.open()
  Players[0].data.miscellaneous = "none"
  refused("set_mark", { x = 1, y = 2, z = 3 }, "game_refused")
end)

acting.covers("position")
