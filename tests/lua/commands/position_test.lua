local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done = acting.declined, acting.done
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

acting.covers("position")
