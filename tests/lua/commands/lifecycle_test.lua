local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local declined, done = acting.declined, acting.done
local equal, test = harness.equal, harness.test

--- Timmy has just died.
local function open_dead()
  stage.open()
  stage.host.kill(0, { name = "mudcrab", refId = "mudcrab" })
end

test("sends a player to jail", function()
  stage.open()
  equal(done("jail", { days = 3, keep_skills = true, text = "Never again." }), { days = 3 })
  local received = stage.client().received.Jail
  equal({ received.days, received.stays, received.keeps_skills }, { 3, false, true })
  equal(received.end_text, "Never again.\n")
end)

test("brings a dead player back where it lies, once", function()
  open_dead()
  equal(done("resurrect", {}), { at = "here" })
  equal({ tes3mp.GetHealthCurrent(0), stage.client().dead }, { 40, false })
  local x = tes3mp.GetPosX(0)
  for _ = 1, 3 do stage.settle() end
  equal({ #stage.calls("Resurrect"), tes3mp.GetPosX(0) }, { 0, x }, "CoreScripts revived the player again")
end)

test("brings a player back at a shrine, and not as a werewolf", function()
  open_dead()
  Players[0].data.shapeshift.isWerewolf = true
  done("resurrect", { at = "tribunal_temple" })
  equal(stage.calls("Resurrect"), { { "Resurrect", 0, enumerations.resurrect.TRIBUNAL_TEMPLE } })
  equal(Players[0].data.shapeshift.isWerewolf, false)
end)

test("declines to bring back who is not dead", function()
  declined("resurrect", {}, "game_refused", "player")
end)

test("throws a player out with a last word, and saves it", function()
  stage.open()
  Players[0].data.fame.bounty = 77
  equal(done("kick", { reason = "Repairs." }), { kicked = true })
  local chat = stage.client().chat
  equal(chat[#chat], "Repairs.\n")
  stage.settle()
  equal({ Players[0], stage.host.saved("Timmy").fame.bounty }, { nil, 77 })
end)

acting.covers("lifecycle")
